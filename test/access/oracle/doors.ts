import { atSite, type Oracle, open, self } from "../asks.ts";

const probe =
  "load balancers and orchestrators have no credentials, and it says nothing of anybody";
const manual = "the API's manual holds no data, and is the same for everybody";

const entrance = "whoever comes in is nobody yet";
const own = "what one has oneself, whatever one may do";

/** What lets people, programs and tills in, and what stands before the door. */
export const doors: Oracle = {
  getLiveness: open(probe),
  getReadiness: open(probe),
  getHealth: open(probe),
  "GET /swagger": open(manual),
  "GET /swagger/json": open(manual),
  "GET /swagger/assets/:file": open(manual),
  "GET /swagger/assets/start.js": open(manual),
  "GET /recalls/:lotId": atSite("recalls.read"),

  signIn: open(entrance),
  passSecondFactor: open(entrance),
  startGoogle: open(entrance),
  acceptInvitation: open(entrance),
  "GET /api/v1/session/callback/google": open(entrance),
  "GET /": open(entrance),
  "GET /sign-in": open(entrance),
  "POST /sign-in": open(entrance),
  "GET /sign-in/code": open(entrance),
  "POST /sign-in/code": open(entrance),
  "GET /sign-in/google": open(entrance),
  "POST /sign-out": open("whoever has no session has nothing to end"),
  "GET /invitations/:token": open(entrance),
  "POST /invitations/:token": open(entrance),

  getSession: self(own),
  signOut: self(own),
  changePassword: self(own),
  setUpSecondFactor: self(own),
  confirmSecondFactor: self(own),
  turnOffSecondFactor: self(own),
  listOwnSessions: self(own),
  endSession: self(own),
  signOutEverywhere: self(own),

  listAccounts: atSite("accounts.read"),
  getAccount: atSite("accounts.read"),
  changeAccount: atSite("accounts.change"),
  deactivateAccount: atSite("accounts.change"),
  invite: atSite("accounts.change"),
  listInvitations: atSite("accounts.read"),
  getInvitation: atSite("accounts.read"),
  revokeInvitation: atSite("accounts.change"),
};
