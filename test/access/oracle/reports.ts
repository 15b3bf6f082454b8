import { anywhere, atSite, companyWide, type Oracle, self } from "../asks.ts";

export const reports: Oracle = {
  listSalesDays: atSite("reports.read"),
  listSalesItems: atSite("reports.read"),
  listSalesHours: atSite("reports.read"),
  listBestSellers: atSite("reports.read"),
  listAverageDays: atSite("reports.read"),
  listAverageItems: atSite("reports.read"),
  listWasteDays: atSite("reports.read"),
  listMaterialDays: atSite("reports.read"),
  listProductionDays: atSite("reports.read"),
  listPaymentDays: atSite("reports.read"),
  listSellOuts: atSite("reports.read"),
  listValuationDays: atSite("reports.read"),
  exportReport: anywhere("reports.read"),
  listReportExports: anywhere("reports.read"),
  getReportExport: self("only whoever has asked for it reads it"),
  "GET /reports/latest": anywhere("reports.read"),
  "GET /admin/stats": companyWide("stats.read"),
};
