// sys.triggers and sys.partitions, which look beyond the catalog: what fires on a table, and how many rows it has.
import type { Catalog } from "../../catalog.ts";
import { BIGINT, BIT, INT, type SqlType, textType } from "../types.ts";
import { quoteName } from "./context.ts";

const NAME = textType("nvarchar", 128);

/** A view whose rows are an SQL expression: a JSON array of arrays, worked out when the statement runs. */
interface LiveView {
  readonly columns: Record<string, SqlType>;
  readonly sql: (catalog: Catalog) => string;
}

export const serverViews: Record<string, LiveView> = {
  // There are no triggers here: CREATE TRIGGER is refused.
  "sys.triggers": {
    columns: {
      name: NAME,
      object_id: INT,
      parent_id: INT,
      is_disabled: BIT,
      is_instead_of_trigger: BIT,
    },
    sql: () => "'[]'",
  },
  "sys.partitions": {
    columns: { object_id: INT, index_id: INT, partition_number: INT, rows: BIGINT },
    sql: (catalog) => {
      const counts = catalog.tables().map(({ id, name }) =>
        `SELECT json_array(${id},1,1,count(*)) AS row FROM ${quoteName(name)}`
      );
      if (counts.length === 0) return "'[]'";
      return `(SELECT json_group_array(json(row)) FROM (${counts.join(" UNION ALL ")}))`;
    },
  },
};
