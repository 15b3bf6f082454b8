import { Elysia } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { noContent } from "#platform/http/replies.ts";
import { NoContent, operation, responses } from "#platform/http/responses.ts";
import { Approval, NewApproval, NewShift, Staff, TillShift } from "../model.ts";
import { approve } from "../service/approvals.ts";
import * as service from "../service/shift.ts";

export const tillWorkRoutes = (app: App) =>
  new Elysia({ name: "till-work", prefix: "/till", normalize: false })
    .use(http(app))
    .model({ Approval, NewApproval, NewShift, Staff, TillShift })
    .get("/staff", async ({ ctx }) => service.listStaff(ctx), {
      response: responses({ 200: "Staff" }),
      detail: operation("listStaff", "Tills", "List who can work at this till"),
    })
    .get("/shift", async ({ ctx }) => service.getShift(ctx), {
      response: responses({ 200: "TillShift" }),
      detail: operation("getShift", "Tills", "Who works at this till?"),
    })
    .post("/shift", async ({ ctx, body }) => service.startShift(ctx, body), {
      parse: "json",
      body: "NewShift",
      response: responses({ 200: "TillShift" }, "body"),
      detail: operation(
        "startShift",
        "Tills",
        "Tap a PIN to work at this till",
        "For 12 hours at most, or until nothing is asked for 30 minutes.",
      ),
    })
    .delete("/shift", async ({ ctx, set }) => noContent(set, service.endShift(ctx)), {
      response: responses({ 204: NoContent }),
      detail: operation("endShift", "Tills", "Lock this till"),
    })
    .post(
      "/approvals",
      async ({ ctx, body, set }) => {
        const approval = await approve(ctx, body);
        set.status = 201;
        return approval;
      },
      {
        parse: "json",
        body: "NewApproval",
        response: responses({ 201: "Approval" }, "body"),
        detail: operation(
          "approve",
          "Tills",
          "Allow a void or a refund with one's PIN",
          "Once, for one sale, at this till, within 2 minutes.",
        ),
      },
    );
