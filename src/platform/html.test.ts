import { expect, test } from "bun:test";
import { html } from "./html.ts";

const hostile = [`<script>alert(1)</script>`, `" onload="alert(1)`, `' onload='alert(1)`, "&lt;"];

test("a value is text wherever it stands, and runs nothing", () => {
  for (const text of hostile) {
    const page = html`<p title="${text}">${text}</p>`.text;
    expect(page.match(/[<>]/g)).toHaveLength(4);
    expect(page.match(/"/g)).toHaveLength(2);
    expect(page).not.toContain("'");
  }
  expect(html`${"&lt;"}`.text).toBe("&amp;lt;");
});

test("only markup that was made here goes in as markup, lists of it too", () => {
  const bold = html`<b>${"<i>"}</b>`;
  expect(html`<p>${bold}${[bold, bold]}</p>`.text).toBe(`<p>${"<b>&lt;i&gt;</b>".repeat(3)}</p>`);
});
