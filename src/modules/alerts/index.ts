export { evaluate, evaluateCompany, evaluateSite } from "./service/evaluate.ts";
export { testChannels } from "./service/notify.ts";
