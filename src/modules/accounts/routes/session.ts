import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { noContent } from "#platform/http/replies.ts";
import { NoContent, operation, responses, unguarded } from "#platform/http/responses.ts";
import * as model from "../model/session.ts";
import { finishGoogle, startGoogle } from "../service/google.ts";
import { changePassword } from "../service/passwords.ts";
import * as service from "../service/sessions.ts";
import { signIn } from "../service/sign-in.ts";
import { browserOf, type CookieSet, redirect, signedIn, withCookies } from "./parts.ts";

const { Credentials, GoogleStart, Me, OwnSessionPage, PasswordChange } = model;
const { SignInState } = model;
const tag = "Accounts";

export const sessionRoutes = (app: App) =>
  new Elysia({ name: "session", prefix: "/session", normalize: false })
    .use(http(app))
    .model({ Credentials, GoogleStart, Me, PasswordChange, SignInState })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        signedIn(set, signIn(ctx, { ...body, ...browserOf(request) })),
      {
        parse: "json",
        body: "Credentials",
        response: responses({ 200: "SignInState" }, "body"),
        detail: unguarded(
          operation(
            "signIn",
            tag,
            "Sign in with address and password",
            "Sets the session cookie, or asks for the second factor.",
          ),
        ),
      },
    )
    .get("", async ({ ctx }) => service.whoAmI(ctx), {
      response: responses({ 200: "Me" }),
      detail: operation("getSession", tag, "Who am I, and what may I do?"),
    })
    .delete("", async ({ ctx, set }) => noContent(set, forget(set, service.signOut(ctx))), {
      response: responses({ 204: NoContent }, "not_found"),
      detail: operation("signOut", tag, "Sign out"),
    })
    .post("/password", async ({ ctx, body, set }) => noContent(set, changePassword(ctx, body)), {
      parse: "json",
      body: "PasswordChange",
      response: responses({ 204: NoContent }, "body"),
      detail: operation(
        "changePassword",
        tag,
        "Change one's own password",
        "All other sessions end.",
      ),
    })
    .post("/google", async ({ ctx, set }) => withCookies(set, startGoogle(ctx)), {
      response: responses({ 200: "GoogleStart" }, "not_found"),
      detail: unguarded(
        operation(
          "startGoogle",
          tag,
          "Begin to sign in with Google",
          "404 where it is not set up. Only people and open invitations get in.",
        ),
      ),
    })
    .get(
      "/callback/google",
      async ({ ctx, request }) => {
        const query = new URL(request.url).search;
        const cookie = request.headers.get("cookie");
        const cookies = await finishGoogle(ctx, { query, cookie, ...browserOf(request) });
        return cookies === undefined ? redirect("/sign-in?refused=google") : redirect("/", cookies);
      },
      { detail: { hide: true } },
    );

async function forget(set: CookieSet, ending: Promise<string[]>): Promise<void> {
  set.headers["set-cookie"] = await ending;
}

export const ownSessionRoutes = (app: App) =>
  new Elysia({ name: "sessions", prefix: "/sessions", normalize: false })
    .use(http(app))
    .model({ OwnSessionPage })
    .get("", async ({ ctx, query }) => service.listOwnSessions(ctx, query), {
      query: t.Object(pageQuery),
      response: responses({ 200: "OwnSessionPage" }, "query"),
      detail: operation("listOwnSessions", tag, "List where one is signed in"),
    })
    .delete(
      "",
      async ({ ctx, set }) => noContent(set, forget(set, service.signOutEverywhere(ctx))),
      {
        response: responses({ 204: NoContent }),
        detail: operation("signOutEverywhere", tag, "Sign out everywhere, here too"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params, set }) => noContent(set, service.endOwnSession(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: operation("endSession", tag, "End one of one's own sessions"),
      },
    );
