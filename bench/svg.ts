// A chart of grouped bars as SVG, readable on light and dark ground. Text in, text out.

/** One panel: a group of bars for each label, in each a bar for each series. */
export interface Panel {
  readonly title: string;
  readonly groups: readonly string[];
  /** By series, one value for each group; a value that is not finite gets no bar. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly format: (value: number) => string;
}

const width = 760;
const panelHeight = 260;
const plot = { left: 20, top: 44, height: 160 };
const legendHeight = 30;
/** Distinct on white and on black, also for those who see no red and green. */
const colours = ["#0072b2", "#8c8c8c", "#e69f00", "#cc79a7"];

/** The panels under each other, with a legend. */
export function chartOf(panels: readonly Panel[]): string {
  const series = [...new Set(panels.flatMap(({ values }) => Object.keys(values)))];
  const height = legendHeight + panels.length * panelHeight;
  const parts = panels.map((panel, at) =>
    `<g transform="translate(0 ${legendHeight + at * panelHeight})">${panelOf(panel, series)}</g>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
<style>
  text { fill: #222; }
  line { stroke: #999; }
  .ground { fill: #fff; }
  @media (prefers-color-scheme: dark) { text { fill: #ddd; } line { stroke: #666; } .ground { fill: #111; } }
</style>
<rect class="ground" width="${width}" height="${height}"/>
${legendOf(series)}
${parts.join("\n")}
</svg>
`;
}

function legendOf(series: readonly string[]): string {
  return series.map((name, at) => {
    const x = plot.left + at * 110;
    return `<rect x="${x}" y="10" width="12" height="12" fill="${colourOf(at)}"/><text x="${x + 18}" y="20">${
      escape(name)
    }</text>`;
  }).join("");
}

function panelOf({ title, groups, values, format }: Panel, series: readonly string[]): string {
  const all = Object.values(values).flat().filter(Number.isFinite);
  const largest = Math.max(...all, Number.MIN_VALUE);
  const groupWidth = (width - 2 * plot.left) / Math.max(1, groups.length);
  const barWidth = groupWidth * 0.8 / Math.max(1, series.length);
  const floor = plot.top + plot.height;
  const bars = groups.flatMap((_, group) =>
    series.map((name, at) => {
      const value = values[name]?.[group] ?? NaN;
      if (!Number.isFinite(value)) return "";
      const height = round(value / largest * plot.height);
      const x = round(plot.left + group * groupWidth + groupWidth * 0.1 + at * barWidth);
      const middle = round(x + barWidth * 0.45);
      return `<rect x="${x}" y="${round(floor - height)}" width="${
        round(barWidth * 0.9)
      }" height="${height}" fill="${colourOf(at)}"/><text x="${middle}" y="${
        round(floor - height - 4)
      }" text-anchor="middle" font-size="11">${escape(format(value))}</text>`;
    })
  );
  const labels = groups.map((label, group) => {
    const x = round(plot.left + (group + 0.5) * groupWidth);
    return `<text x="${x}" y="${floor + 18}" text-anchor="middle">${escape(label)}</text>`;
  });
  const base = `<line x1="${plot.left}" x2="${width - plot.left}" y1="${floor}" y2="${floor}"/>`;
  return `<text x="${plot.left}" y="18" font-weight="bold">${escape(title)}</text>${base}${bars.join("")}${
    labels.join("")
  }`;
}

function colourOf(at: number): string {
  return colours[at % colours.length] ?? "#888";
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
