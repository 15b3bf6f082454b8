export { authenticateSession } from "./service/authenticate.ts";
export { erasePerson, findPersonToErase } from "./service/erase.ts";
export { addPerson, makeOwnerLink } from "./service/owner.ts";
export { requirePassword } from "./service/passwords.ts";
export { type Retention, retain, retentionDefaults } from "./service/retain.ts";
export { chargeTry, forgetTries, type TryPolicy } from "./service/tries.ts";
