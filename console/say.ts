// Picks the language of a request and says texts in it.
import type { Words } from "../shared/operator/types.ts";
import { type TextName, texts } from "./texts.ts";

export type Language = "vi" | "en";

export type Values = Readonly<Record<string, string | number>>;

/** A text of the table with its braces filled. */
export type Say = (name: TextName, values?: Values) => string;

/** The language that was chosen before, or else the one the browser asks for first of the two; Vietnamese when it asks for neither. */
export function languageOf(chosen: string | undefined, acceptLanguage: string | undefined): Language {
  if (isLanguage(chosen)) return chosen;
  const wanted = (acceptLanguage ?? "").split(",").map(preference).filter(({ weight }) => weight > 0);
  wanted.sort((a, b) => b.weight - a.weight);
  return wanted.map(({ language }) => language).find(isLanguage) ?? "vi";
}

export function isLanguage(text: string | undefined): text is Language {
  return text === "vi" || text === "en";
}

export function sayIn(language: Language): Say {
  const at = language === "vi" ? 0 : 1;
  return (name, values = {}) => fill(texts[name][at], { values, language });
}

/** The sentence of the operator's functions in the language. */
export function wordsIn(language: Language, words: Words): string {
  return language === "vi" ? words.vi : words.en;
}

/** 1.234 in Vietnamese, 1,234 in English. */
export function number(language: Language, value: number): string {
  return formats[language].format(value);
}

const formats = { vi: new Intl.NumberFormat("vi-VN"), en: new Intl.NumberFormat("en-GB") };

function preference(part: string): { language: string; weight: number } {
  const [tag = "", ...parameters] = part.trim().split(";");
  const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean);
  return {
    language: tag.split("-")[0]?.toLowerCase() ?? "",
    weight: quality === undefined ? 1 : Number(quality),
  };
}

function fill(text: string, { values, language }: { values: Values; language: Language }): string {
  const shown = (name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? number(language, value) : value;
  };
  return text
    .replace(
      /\{(\w+)\|([^|]*)\|((?:[^{}]|\{\w+\})*)\}/g,
      (_, name: string, one: string, many: string) => values[name] === 1 ? one : many,
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => shown(name));
}
