// SQL Server's values by themselves: decimals, dates, collation keys, code pages. Properties over many of them.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { codePage } from "../../dev/sqlserver/engine/codepage.ts";
import { collationKey, findCollation } from "../../dev/sqlserver/engine/collation.ts";
import { converter } from "../../dev/sqlserver/engine/convert.ts";
import {
  decodeDecimal,
  encodeDecimal,
  parseDecimal,
  printDecimal,
} from "../../dev/sqlserver/engine/decimal.ts";
import { addPart, differenceOf } from "../../dev/sqlserver/engine/dateparts.ts";
import { readJson } from "../../dev/sqlserver/engine/json.ts";
import {
  civilFromDays,
  DAY,
  daysFromCivil,
  fromInstant,
  toInstant,
} from "../../dev/sqlserver/engine/temporal.ts";
import { printInstant, readInstant, temporalPrinter } from "../../dev/sqlserver/engine/temporal_text.ts";
import { SqlError } from "../../dev/sqlserver/errors.ts";
import { DATETIME, decimalType, fractionType, simpleType, textType } from "../../dev/sqlserver/sql/types.ts";
import { ByteReader, ByteWriter } from "../../dev/sqlserver/tds/bytes.ts";
import { writeValue } from "../../dev/sqlserver/tds/values.ts";

const limit = 10n ** 38n - 1n;
const scaled = fc.bigInt({ min: -limit, max: limit });

Deno.test("a decimal's stored form sorts as the number does", () => {
  fc.assert(fc.property(scaled, scaled, (a, b) => {
    const [x, y] = [String(encodeDecimal(a, 38)), String(encodeDecimal(b, 38))];
    assertEquals(x < y, a < b);
    assertEquals(decodeDecimal(x), a);
  }));
});

Deno.test("a decimal that is printed and read is the same decimal", () => {
  fc.assert(fc.property(scaled, fc.nat(20), (value, scale) => {
    assertEquals(parseDecimal(printDecimal(value, scale), scale), value);
  }));
});

Deno.test("a decimal keeps its value through every wider type", () => {
  const narrow = decimalType(18, 2);
  const wide = decimalType(38, 6);
  const options = { style: 0, codePage: "1252" as const };
  const there = converter(narrow, wide, options);
  const back = converter(wide, narrow, options);
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), (value) => {
    assertEquals(back(there(value)), value);
  }));
});

const anyDay = fc.integer({ min: 0, max: 3_652_058 });

Deno.test("every day from the year 1 to 9999 has one date", () => {
  fc.assert(fc.property(anyDay, (days) => {
    const date = civilFromDays(days);
    assertEquals(daysFromCivil(date), days);
    const js = new Date(0);
    js.setUTCFullYear(date.year, date.month - 1, date.day);
    assertEquals([js.getUTCFullYear(), js.getUTCMonth() + 1, js.getUTCDate()], [
      date.year,
      date.month,
      date.day,
    ]);
  }));
});

Deno.test("a DATETIME2 that is printed and read is the same moment", () => {
  const type = fractionType("datetime2", 7);
  fc.assert(fc.property(anyDay, fc.bigInt({ min: 0n, max: DAY - 1n }), (days, time) => {
    const instant = BigInt(days) * DAY + time;
    assertEquals(readInstant(printInstant(instant, type, 121), 0), instant);
  }));
});

Deno.test("a DATE is printed in every style as the moment it begins at", () => {
  const type = simpleType("date");
  const style = fc.constantFrom(0, 23, 100, 101, 103, 104, 112, 120, 121, 126);
  fc.assert(fc.property(anyDay, style, (days, style) => {
    const printed = temporalPrinter(type, style)(BigInt(days));
    assertEquals(printed, printInstant(BigInt(days) * DAY, type, style));
  }));
});

Deno.test("an integer written for TDS is read back, whatever its size", () => {
  const sizes = fc.constantFrom(1, 2, 4, 8);
  fc.assert(fc.property(sizes, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (size, value) => {
    const kept = size === 1 ? BigInt.asUintN(8, value) : BigInt.asIntN(8 * size, value);
    const out = new ByteWriter();
    out.integer(value, size);
    assertEquals(new ByteReader(out.take()).integer(size), kept);
  }));
});

Deno.test("a VARCHAR is written as its code page has it, ASCII or not", () => {
  const collation = findCollation("Vietnamese_CI_AS");
  const text = fc.string({
    unit: fc.constantFrom("a", "Z", "0", " ", "ă", "đ", "\u0301", "₫"),
    maxLength: 20,
  });
  fc.assert(fc.property(text, (text) => {
    const out = new ByteWriter();
    writeValue(out, text, textType("varchar", 50), collation);
    const reader = new ByteReader(out.take());
    assertEquals(reader.bytes(reader.u16()), codePage("1258").encode(text));
    assertEquals(reader.left, 0);
  }));
});

Deno.test("a DATETIME keeps its 1/300 s through DATETIME2 and prints 0, 3 or 7 ms", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 90_000n * 25_920_000n }), (ticks) => {
    const instant = toInstant(ticks, DATETIME);
    assertEquals(fromInstant(instant, DATETIME), ticks);
    assert(/\.\d\d[037]$/.test(printInstant(instant, DATETIME, 121)));
  }));
});

Deno.test("DATEDIFF counts what DATEADD added, for parts of equal length", () => {
  const part = fc.constantFrom("day" as const, "hour" as const, "minute" as const, "second" as const);
  fc.assert(fc.property(part, fc.bigInt({ min: -1000n, max: 1000n }), anyDay, (unit, count, days) => {
    const instant = BigInt(days) * DAY + 12_345n;
    assertEquals(differenceOf(unit, instant, addPart(unit, count, instant)), count);
  }));
});

Deno.test("texts that differ in case and trailing blanks have one key, others have their own", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abđêếộ_-[! \u0301") });
  fc.assert(fc.property(letters, (text) => {
    assertEquals(collationKey(text.toUpperCase() + "  ", "ci_as"), collationKey(text, "ci_as"));
    assertEquals(collationKey(text.normalize("NFD"), "ci_as"), collationKey(text.normalize("NFC"), "ci_as"));
  }));
  fc.assert(fc.property(letters, letters, (a, b) => {
    const same = a.normalize("NFC").replace(/ +$/, "") === b.normalize("NFC").replace(/ +$/, "");
    assertEquals(collationKey(a, "cs_as") === collationKey(b, "cs_as"), same);
  }));
});

Deno.test("collations sort accents after letters and signs before digits", () => {
  const sorted = ["_x", "1", "a", "á", "ab", "b", "d", "đ", "e"];
  const keys = sorted.map((text) => collationKey(text, "ci_as"));
  assertEquals([...keys].sort(), keys);
});

Deno.test("a collation is known by its name, or refused with 448", () => {
  assertEquals(findCollation("Vietnamese_CI_AS").codePage, "1258");
  assertEquals(findCollation("sql_latin1_general_cp1_ci_as").bytes, Uint8Array.of(9, 4, 0xd0, 0, 52));
  assertThrows(() => findCollation("Klingon_CI_AS"), SqlError, "Invalid collation 'Klingon_CI_AS'.");
});

Deno.test("a text that a code page has is the same after it was bytes", () => {
  for (const name of ["1252", "1258"] as const) {
    fc.assert(fc.property(fc.string(), (text) => {
      const squeezed = codePage(name).squeeze(text);
      assertEquals(codePage(name).decode(codePage(name).encode(text)), squeezed);
      assertEquals(codePage(name).squeeze(squeezed), squeezed);
    }));
  }
});

Deno.test("a number becomes the text that becomes the number again", () => {
  const text = textType("varchar", 60);
  const options = { style: 0, codePage: "1252" as const };
  const bigint = { ...text, name: "bigint" as const, length: 0 };
  const print = converter(bigint, text, options);
  const read = converter(text, bigint, options);
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
    assertEquals(read(print(value)), value);
  }));
});

Deno.test("the JSON reader takes what JSON.parse takes and refuses the rest with a position", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    assertEquals(plain(readJson(text)), JSON.parse(text));
  }));
  fc.assert(fc.property(fc.string(), (text) => {
    const valid = parses(text);
    if (valid) assertEquals(plain(readJson(text)), JSON.parse(text));
    else assertThrows(() => readJson(text), SqlError);
  }));
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function plain(value: ReturnType<typeof readJson>): unknown {
  switch (value.kind) {
    case "null":
      return null;
    case "array":
      return value.items.map(plain);
    case "object":
      return Object.fromEntries(value.entries.map(([key, item]) => [key, plain(item)]));
    case "string":
      return value.text;
    default:
      return JSON.parse(value.text);
  }
}
