import { Elysia } from "elysia";
import type { App, Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { rawHttp } from "#platform/http/plugin.ts";
import { Acceptance } from "../model/account.ts";
import { Credentials, SecondFactorCode } from "../model/session.ts";
import { homePage } from "../page/home.ts";
import { invitationPage, sorryPage } from "../page/invitation.ts";
import { codePage, signInPage } from "../page/sign-in.ts";
import { acceptInvitation, readInvitation } from "../service/accept.ts";
import { hasGoogle, startGoogle } from "../service/google.ts";
import { readHome } from "../service/home.ts";
import { passSecondFactor } from "../service/second-factor.ts";
import { signOut } from "../service/sessions.ts";
import { type SignedIn, signIn } from "../service/sign-in.ts";
import { again, checked, ownPath, pageResponse, readForm } from "./forms.ts";
import { browserOf, redirect } from "./parts.ts";

const hidden = { parse: "none", detail: { hide: true } } as const;

/** Pages for browsers, made here; no part of the API. */
export const accountPageRoutes = (app: App) =>
  new Elysia({ name: "account-pages", normalize: false })
    .use(rawHttp(app))
    .get("/", async ({ ctx }) => pageResponse(homePage(await readHome(ctx))), hidden)
    .get("/sign-in", async ({ ctx, request }) => showSignIn(ctx, request), hidden)
    .post("/sign-in", async ({ ctx, request }) => takeSignIn(ctx, request), hidden)
    .get(
      "/sign-in/code",
      async ({ request }) => pageResponse(codePage({ next: nextOf(request) })),
      hidden,
    )
    .post("/sign-in/code", async ({ ctx, request }) => takeCode(ctx, request), hidden)
    .get("/sign-in/google", async ({ ctx }) => goToGoogle(ctx), hidden)
    .post("/sign-out", async ({ ctx }) => takeSignOut(ctx), hidden)
    .get(
      "/invitations/:token",
      async ({ ctx, params }) => showInvitation(ctx, params.token),
      hidden,
    )
    .post(
      "/invitations/:token",
      async ({ ctx, params, request }) => takeInvitation(ctx, params.token, request),
      hidden,
    );

function nextOf(request: Request): string {
  return ownPath(new URL(request.url).searchParams.get("next"));
}

function showSignIn(ctx: Ctx, request: Request): Response {
  const isRefused = new URL(request.url).searchParams.get("refused") === "google";
  const message = "This Google account cannot sign in here. Ask for an invitation.";
  const problem = isRefused ? { message, errors: [] } : undefined;
  return pageResponse(signInPage({ next: nextOf(request), hasGoogle: hasGoogle(ctx), problem }));
}

async function takeSignIn(ctx: Ctx, request: Request): Promise<Response> {
  const form = await readForm(request);
  const { email = "", password = "" } = form;
  const next = ownPath(form["next"]);
  try {
    const input = checked(Credentials, { email: email.trim(), password });
    return goOn(await signIn(ctx, { ...input, ...browserOf(request) }), next);
  } catch (error) {
    return again(error, (problem) =>
      signInPage({ next, email, hasGoogle: hasGoogle(ctx), problem }),
    );
  }
}

function goOn({ state, cookies }: SignedIn, next: string): Response {
  const isIn = state.status === "signed_in";
  return redirect(isIn ? next : `/sign-in/code?next=${encodeURIComponent(next)}`, cookies);
}

async function takeCode(ctx: Ctx, request: Request): Promise<Response> {
  const form = await readForm(request);
  const next = ownPath(form["next"]);
  try {
    const { code } = checked(SecondFactorCode, { code: form["code"] ?? "" });
    const cookie = request.headers.get("cookie");
    return goOn(await passSecondFactor(ctx, { code, cookie, ...browserOf(request) }), next);
  } catch (error) {
    return again(error, (problem) => codePage({ next, problem }));
  }
}

async function goToGoogle(ctx: Ctx): Promise<Response> {
  try {
    const { answer, cookies } = await startGoogle(ctx);
    return redirect(answer.url, cookies);
  } catch (error) {
    return again(error, ({ message }) => sorryPage("Not here", message));
  }
}

async function takeSignOut(ctx: Ctx): Promise<Response> {
  const cookies = ctx.actor.kind === "person" ? await signOut(ctx) : [];
  return redirect("/sign-in", cookies);
}

async function showInvitation(ctx: Ctx, token: string): Promise<Response> {
  try {
    const invitation = await readInvitation(ctx, token);
    return pageResponse(invitationPage({ token, invitation }));
  } catch (error) {
    return again(error, ({ message }) => sorryPage("This link is over", message));
  }
}

async function takeInvitation(ctx: Ctx, token: string, request: Request): Promise<Response> {
  const { name = "", email: given, password = "" } = await readForm(request);
  const email = given?.trim();
  try {
    const input = checked(Acceptance, {
      token,
      name: name.trim(),
      password,
      ...(email === undefined ? {} : { email }),
    });
    return goOn(await acceptInvitation(ctx, { ...input, ...browserOf(request) }), "/");
  } catch (error) {
    const invitation = await readInvitation(ctx, token).catch(asMissing);
    return again(error, (problem) =>
      invitation === undefined
        ? sorryPage("This link is over", problem.message)
        : invitationPage({ token, invitation, name, email, problem }),
    );
  }
}

function asMissing(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error;
  return undefined;
}
