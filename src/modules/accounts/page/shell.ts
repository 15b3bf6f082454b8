import type { FieldProblem } from "#platform/errors.ts";
import { Html, html } from "#platform/html.ts";
import { pageStyle } from "./style.ts";

/** A page of ours: one column, one heading, no script. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Banneton</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<main>
<p class="brand">Banneton</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}

/** What was wrong with a form that was sent: a sentence for all of it, or one a field. */
export interface FormProblem {
  readonly message: string;
  readonly errors: readonly FieldProblem[];
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "email" | "password";
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly inputmode?: "numeric" | "email";
  readonly lengthMax?: number;
  /** Whether one types here first. */
  readonly isFirst?: boolean;
}

/** One labelled input, with what was wrong with it said beside it. */
export function field(given: Field, problem: FormProblem | undefined): Html {
  const { name, label, type, autocomplete, value, hint, inputmode, lengthMax, isFirst } = given;
  const wrong = problem?.errors.find(({ pointer }) => pointer === `/${name}`)?.message;
  // What is wrong says what is asked for, as the hint does.
  const shownHint = wrong === undefined ? hint : undefined;
  const about = [shownHint && `${name}-hint`, wrong && `${name}-wrong`].filter(Boolean).join(" ");
  return html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required${
    value !== undefined && html` value="${value}"`
  }${inputmode !== undefined && html` inputmode="${inputmode}"`}${
    lengthMax !== undefined && html` maxlength="${lengthMax}"`
  }${isFirst === true && html` autofocus`}${about !== "" && html` aria-describedby="${about}"`}${wrong && html` aria-invalid="true"`}>
${shownHint && html`<p class="hint" id="${name}-hint">${shownHint}</p>`}
${wrong && html`<p class="wrong" id="${name}-wrong">${wrong}</p>`}`;
}

/** What was wrong with the whole form. */
export function alert(problem: FormProblem | undefined): Html {
  if (problem === undefined) return html``;
  const isInPlace = problem.errors.length > 0;
  const text = isInPlace ? "Please look at what is marked below." : problem.message;
  return html`<p class="alert" role="alert">${text}</p>`;
}
