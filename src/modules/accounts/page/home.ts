import { html } from "#platform/html.ts";
import type { Home } from "../service/home.ts";
import { page } from "./shell.ts";

export function homePage(home: Home | undefined): string {
  if (home === undefined) {
    return page(
      "The bakery's books",
      html`<p>Stock, recipes, production and the till, exact to the gram and the cent.</p>
<a class="button" href="/sign-in">Sign in</a>
<a class="button second" href="/swagger">The API</a>`,
    );
  }
  const roles = home.roles.map(
    ({ role, siteName }) => html`<li><strong>${role}</strong>, ${siteName ?? "all sites"}</li>\n`,
  );
  return page(
    `Hello, ${home.name}`,
    html`<p class="quiet">${home.email}${home.secondFactor && ", with a second factor"}</p>
<ul>
${roles}</ul>
${home.seesReports && html`<a class="button" href="/reports/latest">Latest days</a>`}
${home.seesStats && html`<a class="button second" href="/admin/stats">How Banneton is doing</a>`}
<a class="button second" href="/swagger">The API</a>
<form method="post" action="/sign-out"><button class="second">Sign out</button></form>`,
  );
}
