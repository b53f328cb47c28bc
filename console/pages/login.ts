// The login, and the pages for requests that went wrong: they show nothing of the documents.
import { html } from "hono/html";
import type { Html, Page } from "../page.ts";
import { field } from "../view/parts.ts";

export interface LoginFacts {
  /** Where it leads. */
  to: string;
  name: string;
}

export function loginPage({ say, facts: { csrf } }: Page, { to, name }: LoginFacts): Html {
  return html`
    <section class="card login">
      <h1>${say("log_in")}</h1>
      <form method="post" action="/login">
          <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="to" value="${to}" />
          ${field(
            say("your_name"),
            html`
              <input name="name" value="${name}" required maxlength="40" autocomplete="username" autofocus />
              <small>${say("your_name_hint")}</small>
            `,
          )}
          ${field(
            say("password"),
            html`<input name="password" type="password" required maxlength="128" autocomplete="current-password" />`,
          )}
          <div class="buttons"><button class="button main">${say("log_in")}</button></div>
        </form>
    </section>
  `;
}

/** One sentence that says what went wrong. */
export function problemPage({ say }: Page, sentence: string): Html {
  return html`
    <section class="card">
      <p>${sentence}</p>
      <div class="buttons"><a class="button" href="/">${say("back_to", { place: say("overview") })}</a></div>
    </section>
  `;
}
