// The question before an action: what will happen, to what, and who is recorded as having done it.
import { html } from "hono/html";
import { type Action, fieldsOf, type Preview, type Target, valuesOf } from "../act/actions.ts";
import type { Html, Page } from "../page.ts";
import type { TextName } from "../texts.ts";
import { factList, field } from "../view/parts.ts";

export interface Question {
  name: string;
  action: Action;
  target: Target;
  preview: Preview;
  /** Where the cancelled, and the done, lead. */
  back: string;
  /** The name that is recorded. */
  who: string;
}

export function confirmPage(page: Page, question: Question): Html {
  const { say, facts: { csrf } } = page;
  const { name, action, target, preview, back, who } = question;
  const values = valuesOf(page, target);
  const hidden = { ...fieldsOf(target), csrf, back };
  return html`<section class="card confirm">
    <h1>${say(action.ask, values)}</h1>
    ${preview.lines.map(([text, given]) => html`<p class="count-line">${say(text, given)}</p>`)}
    ${action.preview ? factList(page, whichOf(page, target)) : ""}
    <p>${say(action.means, values)}</p>
    <form method="post" action="/do/${name}">
      ${
    Object.entries(hidden).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}" />`)
  }
      ${
    action.hasRate && !preview.isNothing
      ? field(say("rate"), { name: "rate", value: "50", type: "number", hint: say("rate_hint") })
      : ""
  }
      <p class="hint">${say("recorded_as", { who })}</p>
      <div class="buttons">
        ${preview.isNothing ? "" : confirmButton(page, action)}
        <a class="button" href="${back}">${say("cancel")}</a>
      </div>
    </form>
  </section>`;
}

function confirmButton({ say, facts: { language } }: Page, { button, isDanger }: Action): Html {
  const what = say(button);
  const words = language === "vi" ? what : what.charAt(0).toLowerCase() + what.slice(1);
  return html`<button class="button ${isDanger ? "danger" : "main"}">${
    say("confirm", { what: words })
  }</button>`;
}

/** Which documents, by the filter; a cause is named by its card. */
function whichOf({ say }: Page, { group, dead }: Target): (readonly [TextName, string | null])[] {
  if (group !== undefined) return [["cause", group]];
  const facts: (readonly [TextName, string | null])[] = [
    ["type", dead.type ? say(dead.type) : null],
    ["shop", dead.shop ?? null],
    ["reason", dead.reason ?? null],
    ["code", dead.code ?? null],
    ["entry", dead.id ?? null],
    ["older_than", dead.older ?? null],
  ];
  return facts.every(([, value]) => value === null) ? [["which", say("which_all")]] : facts;
}
