// The files that pages refer to, as they stand in the program: no folder has to be beside it. Their addresses change with their content.
import { createHash } from "node:crypto";
import scriptText from "./console.js" with { type: "text" };
import iconText from "./icon.svg" with { type: "text" };
import frameText from "./frame.css" with { type: "text" };
import narrowText from "./narrow.css" with { type: "text" };
import piecesText from "./pieces.css" with { type: "text" };
import picturesText from "./pictures.css" with { type: "text" };
import storiesText from "./stories.css" with { type: "text" };
import tablesText from "./tables.css" with { type: "text" };

interface Asset {
  path: string;
  type: string;
  text: string;
}

export const assets = {
  style: asset(
    "style.css",
    "text/css; charset=utf-8",
    [
      ...[frameText, piecesText, tablesText, picturesText, storiesText],
      // Last: it overrides the others.
      narrowText,
    ].join("\n"),
  ),
  script: asset("console.js", "text/javascript; charset=utf-8", scriptText),
  icon: asset("icon.svg", "image/svg+xml", iconText),
};

function asset(name: string, type: string, text: string): Asset {
  const version = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { path: `/static/${version}/${name}`, type, text };
}
