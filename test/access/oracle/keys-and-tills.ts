import { atSite, type Oracle, open } from "../asks.ts";

const atTill = "only a paired device has a till; another caller is refused, whatever their role";

/** API keys, paired devices, PINs and what is done at a till. */
export const keysAndTills: Oracle = {
  issueKey: atSite("keys.change"),
  listKeys: atSite("keys.read"),
  getKey: atSite("keys.read"),
  changeKey: atSite("keys.change"),
  revokeKey: atSite("keys.change"),
  openPairing: atSite("tills.change"),
  pairDevice: open("the code itself is the credential: one use, 10 minutes, few tries"),
  listTillDevices: atSite("sites.read"),
  getTillDevice: atSite("sites.read"),
  unpairDevice: atSite("tills.change"),
  listStaff: { self: atTill },
  startShift: { self: atTill },
  getShift: { self: atTill },
  endShift: { self: atTill },
  approve: { self: atTill },
  setPin: { self: "one's own PIN, for people who are signed in" },
  removePin: atSite("accounts.change"),
};
