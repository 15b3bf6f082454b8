export { alertKinds } from "./rules/kinds.ts";
export { evaluate, evaluateCompany, evaluateSite } from "./service/evaluate.ts";
export { testChannels } from "./service/notify.ts";
