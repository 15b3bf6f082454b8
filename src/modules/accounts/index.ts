export { chargeTry, forgetTries, type TryPolicy } from "./service/tries.ts";
