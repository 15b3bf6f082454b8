import { html } from "#platform/html.ts";
import { alert, type FormProblem, field, page } from "./shell.ts";

interface SignInPage {
  /** Where to go on to; a path of ours. */
  readonly next: string;
  readonly email?: string | undefined;
  readonly hasGoogle: boolean;
  readonly problem?: FormProblem | undefined;
}

export function signInPage({ next, email, hasGoogle, problem }: SignInPage): string {
  const isKnown = email !== undefined && email !== "";
  const fields = [
    field(
      {
        name: "email",
        label: "E-mail",
        type: "email",
        autocomplete: "username",
        value: email,
        isFirst: !isKnown,
      },
      problem,
    ),
    field(
      {
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "current-password",
        isFirst: isKnown,
      },
      problem,
    ),
  ];
  return page(
    "Sign in",
    html`${alert(problem)}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
${fields}
<button>Sign in</button>
</form>
${hasGoogle && html`<a class="button second" href="/sign-in/google">Sign in with Google</a>`}`,
  );
}

export function codePage({ next, problem }: { next: string; problem?: FormProblem | undefined }) {
  const code = field(
    {
      name: "code",
      label: "Code",
      type: "text",
      autocomplete: "one-time-code",
      hint: "Six digits of your authenticator app, or one of your backup codes.",
      lengthMax: 20,
      isFirst: true,
    },
    problem,
  );
  return page(
    "Second factor",
    html`${alert(problem)}
<form method="post" action="/sign-in/code">
<input type="hidden" name="next" value="${next}">
${code}
<button>Go on</button>
</form>
<a class="button second" href="/sign-in">Begin again</a>`,
  );
}
