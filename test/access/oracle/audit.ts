import { companyWide, type Oracle } from "../asks.ts";

export const audit: Oracle = {
  listAudit: companyWide("audit.read"),
  listAuditSeals: companyWide("audit.read"),
  getAuditEntry: companyWide("audit.read"),
};
