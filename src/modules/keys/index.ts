export { authenticateKey, isKey } from "./service.ts";
