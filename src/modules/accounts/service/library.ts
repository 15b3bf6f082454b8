import { betterAuth } from "better-auth/minimal";
import { twoFactor } from "better-auth/plugins/two-factor";
import { type GoogleProfile, verifyGoogleIdToken } from "better-auth/social-providers";
import type { App, Ctx } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import { libraryTables } from "../queries/library.ts";
import { findPerson } from "../queries/people.ts";
import { cookieNamesOf } from "../rules/cookies.ts";
import { admitByGoogle } from "./google-admission.ts";
import { hashPassword, verifyPassword } from "./hashing.ts";

export type Library = ReturnType<typeof build>;

const libraries = new WeakMap<App, Library>();

/** better-auth over the database of an app, made when it is first needed. */
export function libraryOf(app: App): Library {
  let library = libraries.get(app);
  if (library === undefined) {
    library = build(app);
    libraries.set(app, library);
  }
  return library;
}

/** Where the library's own handler is mounted, for the way back from Google alone. */
export const libraryPath = "/api/v1/session";

const addressHeader = "x-banneton-client";
const sessionSeconds = 14 * 24 * 3600;
const challengeSeconds = 600;

function build(app: App) {
  const { config } = app;
  const names = cookieNamesOf(config);
  return betterAuth({
    appName: "Banneton",
    baseURL: config.publicUrl,
    basePath: libraryPath,
    // As a list, so that no variable of the library's own can take its place.
    secrets: [{ version: 1, value: config.authSecret.reveal() }],
    database: libraryTables(app.db),
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 1,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    session: {
      expiresIn: sessionSeconds,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
      fields: { userId: "personId" },
    },
    account: {
      fields: { userId: "personId" },
      updateAccountOnSignIn: false,
      accountLinking: { enabled: true, requireLocalEmailVerified: false },
    },
    socialProviders: googleOf(app),
    plugins: [
      twoFactor({
        issuer: "Banneton",
        twoFactorCookieMaxAge: challengeSeconds,
        // Ours counts by account and address, so that nobody is locked out from afar.
        accountLockout: { enabled: false },
        schema: { twoFactor: { fields: { userId: "personId" } } },
      }),
    ],
    databaseHooks: hooksOf(app),
    advanced: {
      cookiePrefix: names.prefix,
      useSecureCookies: false,
      defaultCookieAttributes: { secure: names.isSecure, sameSite: "lax", path: "/" },
      cookies: {
        session_token: { name: names.session },
        two_factor: { name: names.secondFactor },
      },
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
  });
}

function googleOf(app: App) {
  const { google } = app.config;
  if (google === undefined) return {};
  return {
    google: {
      clientId: google.clientId,
      clientSecret: google.clientSecret.reveal(),
      prompt: "select_account" as const,
      disableSignUp: true,
      // The library would only decode the token, trusting the connection it came by.
      getUserInfo: async ({ idToken }: { readonly idToken?: string | undefined }) => {
        const profile = idToken && (await profileOf(idToken, google.clientId));
        if (!profile) return null;
        await admitByGoogle(app, profile);
        const { name, email, email_verified: emailVerified } = profile;
        return { user: { name, email, emailVerified }, data: profile };
      },
    },
  };
}

/** What Google has signed, for this client and not long ago; undefined for anything else. */
async function profileOf(token: string, audience: string): Promise<GoogleProfile | undefined> {
  return ((await verifyGoogleIdToken({ token, audience })) ?? undefined) as
    | GoogleProfile
    | undefined;
}

function hooksOf(app: App) {
  return {
    session: {
      create: {
        before: async ({ userId }: { userId: string }, context: { path?: string } | null) => {
          const person = await findPerson(app.db, userId);
          if (person === undefined || person.archived) return false;
          // Google's way in does not ask for our second factor: who has one uses the password.
          return !(person.secondFactor && context?.path?.startsWith("/callback/") === true);
        },
      },
    },
    account: {
      create: {
        // Google's tokens are of no use here: what is not kept cannot leak.
        before: async (account: object) => ({
          data: { ...account, accessToken: null, refreshToken: null, idToken: null },
        }),
      },
    },
  };
}

/** The headers of a call: where it comes from, with what, and the one cookie it is about. */
export function headersOf(
  ctx: Ctx,
  { userAgent, cookie }: { readonly userAgent?: string | null; readonly cookie?: string },
): Headers {
  const headers = new Headers();
  if (ctx.address !== undefined) headers.set(addressHeader, ctx.address);
  if (userAgent) headers.set("user-agent", userAgent.slice(0, 300));
  if (cookie !== undefined) headers.set("cookie", cookie);
  return headers;
}
