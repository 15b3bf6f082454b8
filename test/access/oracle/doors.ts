import { atSite, type Oracle, open } from "../asks.ts";

const probe =
  "load balancers and orchestrators have no credentials, and it says nothing of anybody";
const manual = "the API's manual holds no data, and is the same for everybody";

/** What lets people, programs and tills in, and what stands before the door. */
export const doors: Oracle = {
  getLiveness: open(probe),
  getReadiness: open(probe),
  getHealth: open(probe),
  "GET /swagger": open(manual),
  "GET /swagger/json": open(manual),
  "GET /swagger/assets/:file": open(manual),
  "GET /recalls/:lotId": atSite("recalls.read"),
};
