import { html } from "#platform/html.ts";
import { alert, type FormProblem, field, page } from "./shell.ts";

interface SignInPage {
  /** Where to go on to; a path of ours. */
  readonly to: string;
  readonly email?: string | undefined;
  readonly hasGoogle: boolean;
  readonly problem?: FormProblem | undefined;
}

export function signInPage({ to, email, hasGoogle, problem }: SignInPage): string {
  const fields = [
    field(
      { name: "email", label: "E-mail", type: "email", autocomplete: "username", value: email },
      problem,
    ),
    field(
      {
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "current-password",
      },
      problem,
    ),
  ];
  return page(
    "Sign in",
    html`${alert(problem)}
<form method="post" action="/sign-in">
<input type="hidden" name="to" value="${to}">
${fields}
<button>Sign in</button>
</form>
${hasGoogle && html`<a class="button second" href="/sign-in/google">Sign in with Google</a>`}`,
  );
}

export function codePage({ to, problem }: { to: string; problem?: FormProblem | undefined }) {
  const code = field(
    {
      name: "code",
      label: "Code",
      type: "text",
      autocomplete: "one-time-code",
      hint: "Six digits of your authenticator app, or one of your backup codes.",
      lengthMax: 20,
    },
    problem,
  );
  return page(
    "Second factor",
    html`${alert(problem)}
<form method="post" action="/sign-in/code">
<input type="hidden" name="to" value="${to}">
${code}
<button>Go on</button>
</form>
<a class="button second" href="/sign-in">Begin again</a>`,
  );
}
