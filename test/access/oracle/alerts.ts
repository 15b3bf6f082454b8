import { atSite, companyWide, type Oracle } from "../asks.ts";

export const alerts: Oracle = {
  listAlerts: atSite("alerts.read"),
  getAlert: atSite("alerts.read"),
  acknowledgeAlert: atSite("alerts.acknowledge"),

  addWebhook: companyWide("webhooks.change"),
  listWebhooks: companyWide("webhooks.read"),
  getWebhook: companyWide("webhooks.read"),
  changeWebhook: companyWide("webhooks.change"),
  removeWebhook: companyWide("webhooks.change"),
  rotateWebhookSecret: companyWide("webhooks.change"),
  testWebhook: companyWide("webhooks.change"),
  listWebhookDeliveries: companyWide("webhooks.read"),
  getWebhookDelivery: companyWide("webhooks.read"),
  redeliverWebhook: companyWide("webhooks.change"),
};
