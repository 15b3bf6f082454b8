export { authenticateSession } from "./service/authenticate.ts";
export { chargeTry, forgetTries, type TryPolicy } from "./service/tries.ts";
