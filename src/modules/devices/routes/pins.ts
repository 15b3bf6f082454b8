import { Elysia } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams } from "#platform/http/query.ts";
import { noContent } from "#platform/http/replies.ts";
import { NoContent, needs, operation, responses } from "#platform/http/responses.ts";
import { NewPin } from "../model.ts";
import * as service from "../service/pins.ts";

export const pinRoutes = (app: App) =>
  new Elysia({ name: "pin", normalize: false })
    .use(http(app))
    .model({ NewPin })
    .put("/pin", async ({ ctx, body, set }) => noContent(set, service.setPin(ctx, body)), {
      parse: "json",
      body: "NewPin",
      response: responses({ 204: NoContent }, "body"),
      detail: operation(
        "setPin",
        "Tills",
        "Set one's own PIN",
        "Whoever has a password shows it; who comes by Google alone has none.",
      ),
    })
    .delete(
      "/accounts/:id/pin",
      async ({ ctx, params, set }) => noContent(set, service.removePin(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: needs(
          operation("removePin", "Tills", "Take a person's PIN away"),
          "accounts.change",
        ),
      },
    );
