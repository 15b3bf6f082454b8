export type { ApiKey, NewKey } from "./model.ts";
export { authenticateKey, isKey } from "./service/authenticate.ts";
export { getKey, issueKey, listKeys, revokeKey } from "./service/keys.ts";
