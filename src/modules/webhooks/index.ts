export { announce } from "./service/announce.ts";
export { redeliverDead, redeliverOne } from "./service/deliveries.ts";
