import type { RankTable } from "#platform/http/ranks.ts";

/** What goes first, what waits, and where secrets are guessed. All other routes are the office's. */
export const ranks: RankTable = {
  sale: ["POST /api/v1/sales", "POST /api/v1/sales/:id/void", "POST /api/v1/sales/:id/refunds"],
  report: [
    "GET /api/v1/stock?asOf",
    "GET /api/v1/stock/verify",
    "GET /api/v1/stock/lots/:id/trace",
    "GET /api/v1/stock/lots/:id/trace/sales",
    "GET /api/v1/stock/lots/:id/recall",
    "GET /api/v1/stock/lots/:id/recall.csv",
    "GET /recalls/:lotId",
  ],
  guessed: [],
};
