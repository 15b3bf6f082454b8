export { type Deed, recordDeed } from "./service.ts";
