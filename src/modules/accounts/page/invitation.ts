import { html } from "#platform/html.ts";
import type { Invitation } from "../model/account.ts";
import { passwordLengthMax, passwordLengthMin } from "../rules/passwords.ts";
import { alert, type FormProblem, field, page } from "./shell.ts";

interface InvitationPage {
  readonly token: string;
  readonly invitation: Invitation;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly problem?: FormProblem | undefined;
}

export function invitationPage(given: InvitationPage): string {
  const { token, invitation, name, email, problem } = given;
  const isFirst = invitation.email === null;
  const fields = [
    field(
      { name: "name", label: "Name", type: "text", autocomplete: "name", value: name },
      problem,
    ),
    isFirst &&
      field(
        { name: "email", label: "E-mail", type: "email", autocomplete: "username", value: email },
        problem,
      ),
    field(
      {
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "new-password",
        hint: `${passwordLengthMin} characters or more. A few words in a row are easy to keep.`,
        lengthMax: passwordLengthMax,
      },
      problem,
    ),
  ];
  return page(
    isFirst ? "Create the owner" : "Welcome",
    html`<p>${
      isFirst
        ? "This account owns the company: it may do everything and invite everybody else."
        : html`You are invited as ${invitation.email}.`
    }</p>
${alert(problem)}
<form method="post" action="/invitations/${token}">
${fields}
<button>${isFirst ? "Create the owner" : "Accept"}</button>
</form>`,
  );
}

/** In place of a page that cannot be shown. */
export function sorryPage(title: string, message: string): string {
  const way = html`<a class="button" href="/">To the start</a>`;
  return page(title, html`<p>${message}</p>${way}`);
}
