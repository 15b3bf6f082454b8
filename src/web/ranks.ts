import type { RankTable } from "#platform/http/ranks.ts";

/** What goes first, what waits, and where secrets are guessed. All other routes are the office's. */
export const ranks: RankTable = {
  sale: [
    "POST /api/v1/sales",
    "POST /api/v1/sales/:id/void",
    "POST /api/v1/sales/:id/refunds",
    "POST /api/v1/till/shift",
    "POST /api/v1/till/approvals",
  ],
  report: [
    "GET /api/v1/stock?asOf",
    "GET /api/v1/stock/verify",
    "GET /api/v1/stock/lots/:id/trace",
    "GET /api/v1/stock/lots/:id/trace/sales",
    "GET /api/v1/stock/lots/:id/recall",
    "GET /api/v1/stock/lots/:id/recall.csv",
    "GET /recalls/:lotId",
    "GET /api/v1/reports/sales/:by",
    "GET /api/v1/reports/averages/items",
    "GET /api/v1/reports/:report",
    "GET /reports/latest",
  ],
  guessed: [
    "POST /api/v1/session",
    "POST /api/v1/session/password",
    "POST /api/v1/session/second-factor",
    "POST /api/v1/session/second-factor/setup",
    "POST /api/v1/session/second-factor/confirm",
    "POST /api/v1/session/second-factor/disable",
    "POST /api/v1/invitations/accept",
    "POST /api/v1/till-device",
    "POST /api/v1/till/shift",
    "POST /api/v1/till/approvals",
    "POST /sign-in",
    "POST /sign-in/code",
    "POST /invitations/:token",
  ],
};
