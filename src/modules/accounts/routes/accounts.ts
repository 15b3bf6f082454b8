import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import { NoContent, needs, operation, responses, unguarded } from "#platform/http/responses.ts";
import * as model from "../model/account.ts";
import { SignInState } from "../model/session.ts";
import { acceptInvitation } from "../service/accept.ts";
import * as accounts from "../service/accounts.ts";
import * as invitations from "../service/invitations.ts";
import { browserOf, signedIn } from "./parts.ts";

const { Acceptance, Account, AccountPage, AccountPatch } = model;
const { Invitation, InvitationMade, InvitationPage, NewInvitation } = model;
const tag = "Accounts";

export const accountRoutes = (app: App) =>
  new Elysia({ name: "accounts", prefix: "/accounts", normalize: false })
    .use(http(app))
    .model({ Account, AccountPage, AccountPatch })
    .get("", async ({ ctx, query }) => accounts.listAccounts(ctx, query), {
      query: t.Object({ ...pageQuery, ...archivedQuery }),
      response: responses({ 200: "AccountPage" }, "query"),
      detail: needs(operation("listAccounts", tag, "List people and their roles"), "accounts.read"),
    })
    .get(
      "/:id",
      async ({ ctx, params, set }) => versioned(set, accounts.getAccount(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Account" }, "not_found"),
        detail: needs(operation("getAccount", tag, "Read an account"), "accounts.read"),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, accounts.changeAccount(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "AccountPatch",
        response: responses({ 200: "Account" }, "body", "version", "not_found", "conflict"),
        detail: needs(
          operation(
            "changeAccount",
            tag,
            "Change somebody's name or roles",
            "Nobody gives more than they have, or changes somebody who has more. One owner stays.",
          ),
          "accounts.change",
        ),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, accounts.deactivateAccount(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needs(
          operation(
            "deactivateAccount",
            tag,
            "Deactivate an account",
            "Its sessions end at once; what it did stays on the books.",
          ),
          "accounts.change",
        ),
      },
    );

export const invitationRoutes = (app: App) =>
  new Elysia({ name: "invitations", prefix: "/invitations", normalize: false })
    .use(http(app))
    .model({ Acceptance, Invitation, InvitationMade, InvitationPage, NewInvitation, SignInState })
    .post(
      "",
      async ({ ctx, body, set }) => created(set, "/invitations", invitations.invite(ctx, body)),
      {
        parse: "json",
        body: "NewInvitation",
        response: responses({ 201: "InvitationMade" }, "body", "conflict"),
        detail: needs(
          operation(
            "invite",
            tag,
            "Invite somebody",
            "Only this answer holds the link. It is good for seven days.",
          ),
          "accounts.change",
        ),
      },
    )
    .get("", async ({ ctx, query }) => invitations.listInvitations(ctx, query), {
      query: t.Object(pageQuery),
      response: responses({ 200: "InvitationPage" }, "query"),
      detail: needs(operation("listInvitations", tag, "List invitations"), "accounts.read"),
    })
    .get("/:id", async ({ ctx, params }) => invitations.getInvitation(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Invitation" }, "not_found"),
      detail: needs(operation("getInvitation", tag, "Read an invitation"), "accounts.read"),
    })
    .delete(
      "/:id",
      async ({ ctx, params, set }) => noContent(set, invitations.revokeInvitation(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "not_found", "conflict"),
        detail: needs(
          operation("revokeInvitation", tag, "Take an invitation back"),
          "accounts.change",
        ),
      },
    )
    .post(
      "/accept",
      async ({ ctx, body, request, set }) =>
        signedIn(set, acceptInvitation(ctx, { ...body, ...browserOf(request) })),
      {
        parse: "json",
        body: "Acceptance",
        response: responses({ 200: "SignInState" }, "body", "not_found", "conflict"),
        detail: unguarded(operation("acceptInvitation", tag, "Accept an invitation and sign in")),
      },
    );
