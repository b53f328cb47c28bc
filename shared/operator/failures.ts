// Failed documents by cause: read from the rows themselves, or from the journal while SQL Server is away. failure_groups.ts folds them.
import { type DocumentType, documentTypes } from "../document.ts";
import { groupFailures } from "./failure_groups.ts";
import type { JournalReader } from "./journal_reader.ts";
import { failedRowsMax, type OperatorSource } from "./source.ts";
import { Troubles } from "./troubles.ts";
import type { Failure, FailuresAnswer } from "./types.ts";

export interface FailuresParts {
  source: Pick<OperatorSource, "failedRows">;
  journal: Pick<JournalReader, "failuresSince">;
}

/** Never throws: with neither SQL Server nor MongoDB there are no groups and two troubles. */
export async function readFailures(
  { source, journal }: FailuresParts,
  { sinceMs = 0, type }: { sinceMs?: number; type?: DocumentType },
): Promise<FailuresAnswer> {
  const troubles = new Troubles();
  const types = type === undefined ? documentTypes : [type];
  const rows = await troubles.ask(
    "sqlserver",
    async () => (await Promise.all(types.map((each) => source.failedRows(each, sinceMs)))),
  );
  if (rows) {
    const more = rows.some(({ length }) => length >= failedRowsMax);
    return answer(rows.flat(), { more, from: "sqlserver", troubles });
  }
  const filter = { limit: failedRowsMax, ...(type === undefined ? {} : { type }) };
  const recorded = await troubles.ask("mongodb", () => journal.failuresSince(sinceMs, filter)) ?? [];
  return answer(recorded, { more: recorded.length >= failedRowsMax, from: "mongodb", troubles });
}

function answer(
  failures: Failure[],
  { more, from, troubles }: { more: boolean; from: FailuresAnswer["from"]; troubles: Troubles },
): FailuresAnswer {
  const total = { count: failures.length, more };
  return { groups: groupFailures(failures), total, from, troubles: troubles.list() };
}
