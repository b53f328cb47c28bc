// Charts as inline SVG: columns that stand on each other, or lines. Only shapes are drawn; words around them are HTML, so that they keep their size
// on a phone. A chart stretches to its place.
import { html } from "hono/html";
import type { Html } from "../page.ts";

export interface Series {
  label: string;
  /** One of the classes `s1` to `s3`, which have the colours. */
  colour: "s1" | "s2" | "s3";
  /** One value a step; null where there is none. */
  values: readonly (number | null)[];
}

export interface Chart {
  title: string;
  kind: "columns" | "lines";
  series: readonly Series[];
  /** The words of a value: on the scale, and in a step's tip. */
  show(value: number): string;
  /** The words of a step, in its tip. */
  step(at: number): string;
  /** Under the chart, from its beginning to its end. */
  ticks: readonly string[];
}

const width = 720;
const height = 120;

export function chart(given: Chart): Html {
  const { title, series, kind, ticks, show } = given;
  const top = niceTop(highest(given));
  const shapes = kind === "columns" ? columns(series, top) : lines(series, top);
  return html`
    <figure class="chart">
      <figcaption>${title}</figcaption>
      <div class="plot">
        <div class="scale"
          aria-hidden="true"><span>${show(top)}</span><span>${show(top / 2)}</span><span>${show(
            0,
          )}</span></div>
        <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}">
            <path class="grid" d="M0 .5H${width}M0 ${height / 2}H${width}M0 ${height - .5}H${width}" />
            ${shapes} ${tips(given)}
          </svg>
        <div class="ticks" aria-hidden="true">${ticks.map((tick) => html`<span>${tick}</span>`)}</div>
      </div>
      <ul class="legend">${series.map(({ label, colour }) => html`<li class="${colour}">${label}</li>`)}</ul>
    </figure>
  `;
}

/** The scale's end: 1, 2 or 5 times a power of ten, no lower than the value; halves of it can be read. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 2;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 10].find((each) => each * power >= value * 0.999_999) ?? 10;
  return step * power;
}

function highest({ kind, series }: Chart): number {
  const steps = stepsOf(series);
  const sums = steps.map((at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const all = kind === "columns" ? sums : series.flatMap(({ values }) => values.map((value) => value ?? 0));
  return Math.max(0, ...all);
}

function stepsOf(series: readonly Series[]): number[] {
  return Array.from({ length: Math.max(0, ...series.map(({ values }) => values.length)) }, (_, at) => at);
}

function columns(series: readonly Series[], top: number): Html {
  const steps = stepsOf(series);
  const stepWidth = width / Math.max(1, steps.length);
  const under = steps.map(() => 0);
  const paths = series.map(({ colour, values }) => {
    const parts = values.flatMap((value, at) => {
      if (!value) return [];
      const from = under[at] ?? 0;
      under[at] = from + value;
      const y = scaled(from + value, top);
      const tall = scaled(from, top) - y;
      return [
        `M${short(at * stepWidth + stepWidth * .1)} ${short(y)}h${short(stepWidth * .8)}v${short(tall)}h${
          short(-stepWidth * .8)
        }z`,
      ];
    });
    return html`<path class="column ${colour}" d="${parts.join("")}" />`;
  });
  return html`${paths}`;
}

/** A line is broken where there is no value; a value alone is a dot's width. */
function lines(series: readonly Series[], top: number): Html {
  const stepWidth = width / Math.max(1, stepsOf(series).length);
  const paths = series.map(({ colour, values }) => {
    const parts = values.flatMap((value, at) => {
      if (value === null) return [];
      const [x, y] = [short((at + .5) * stepWidth), short(scaled(value, top))];
      const begins = at === 0 || values[at - 1] === null;
      return [`${begins ? "M" : "L"}${x} ${y}${begins ? "h.1" : ""}`];
    });
    return html`<path class="line ${colour}" d="${parts.join("")}" />`;
  });
  return html`${paths}`;
}

/** Over each step with a value, a place that tells its values when it is pointed at. */
function tips({ series, show, step }: Chart): Html {
  const steps = stepsOf(series);
  const stepWidth = width / Math.max(1, steps.length);
  const told = steps.filter((at) => series.some(({ values }) => values[at]));
  return html`${
    told.map((at) => {
      const words = series.filter(({ values }) => values[at]).map(({ label, values }) =>
        `${label}: ${show(values[at] ?? 0)}`
      );
      return html`
        <rect class="tip" x="${short(at * stepWidth)}" y="0" width="${short(stepWidth)}" height="${height}">
          <title>${[step(at), ...words].join("\n")}</title>
        </rect>
      `;
    })
  }`;
}

function scaled(value: number, top: number): number {
  return height - value / top * (height - 1) - .5;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
