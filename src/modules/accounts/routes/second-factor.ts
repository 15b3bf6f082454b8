import { Elysia } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { noContent } from "#platform/http/replies.ts";
import { NoContent, operation, responses, unguarded } from "#platform/http/responses.ts";
import {
  PasswordProof,
  SecondFactorCode,
  SecondFactorSetup,
  SignInState,
} from "../model/session.ts";
import * as service from "../service/second-factor.ts";
import { browserOf, signedIn } from "./parts.ts";

const tag = "Accounts";

export const secondFactorRoutes = (app: App) =>
  new Elysia({ name: "second-factor", prefix: "/session/second-factor", normalize: false })
    .use(http(app))
    .model({ PasswordProof, SecondFactorCode, SecondFactorSetup, SignInState })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        signedIn(set, service.passSecondFactor(ctx, { ...body, ...shownBy(request) })),
      {
        parse: "json",
        body: "SecondFactorCode",
        response: responses({ 200: "SignInState" }, "body"),
        detail: unguarded(
          operation("passSecondFactor", tag, "End a sign-in with its second factor"),
        ),
      },
    )
    .post(
      "/setup",
      async ({ ctx, body, request }) =>
        service.setUpSecondFactor(ctx, { ...body, ...shownBy(request) }),
      {
        parse: "json",
        body: "PasswordProof",
        response: responses({ 200: "SecondFactorSetup" }, "body", "conflict"),
        detail: operation(
          "setUpSecondFactor",
          tag,
          "Set a second factor up",
          "It is off until its first code. Secret and backup codes are shown this once.",
        ),
      },
    )
    .post(
      "/confirm",
      async ({ ctx, body, request, set }) =>
        signedIn(set, service.confirmSecondFactor(ctx, { ...body, ...shownBy(request) })),
      {
        parse: "json",
        body: "SecondFactorCode",
        response: responses({ 200: "SignInState" }, "body", "conflict"),
        detail: operation(
          "confirmSecondFactor",
          tag,
          "Turn the second factor on by its first code",
        ),
      },
    )
    .post(
      "/disable",
      async ({ ctx, body, set }) => noContent(set, service.turnOffSecondFactor(ctx, body)),
      {
        parse: "json",
        body: "PasswordProof",
        response: responses({ 204: NoContent }, "body"),
        detail: operation("turnOffSecondFactor", tag, "Turn the second factor off"),
      },
    );

function shownBy(request: Request) {
  return { cookie: request.headers.get("cookie"), ...browserOf(request) };
}
