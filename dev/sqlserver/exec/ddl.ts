// CREATE, ALTER, DROP, TRUNCATE: the catalog and SQLite's tables change together, inside the session's transaction.
import { type Column, type Index, same, type Table } from "../catalog.ts";
import { SqlError, unsupported } from "../errors.ts";
import type { Session } from "../session.ts";
import type { Statement } from "../sql/ast.ts";
import { quoteName } from "../sql/emit/context.ts";
import { StorageError } from "../store/connection.ts";
import { keyText } from "./constraints.ts";
import { addColumnValues, checkExistingRows } from "./existing_rows.ts";
import type { Run } from "./run.ts";
import { addConstraints, newColumn, newTable } from "./table_definition.ts";

export type Definition = Extract<
  Statement,
  { kind: "create_table" | "create_index" | "alter_add" | "drop_table" | "drop_index" | "truncate" }
>;

export async function runDefinition(run: Run, statement: Definition): Promise<void> {
  const { session } = run;
  await session.transaction.write(run.signal, () => define(session, statement));
}

function define(session: Session, statement: Definition): void {
  switch (statement.kind) {
    case "create_table":
      return createTable(session, statement);
    case "create_index":
      return createIndex(session, statement);
    case "alter_add":
      return alterAdd(session, statement);
    case "drop_table":
      return statement.names.forEach((name) => dropTable(session, name, statement));
    case "drop_index":
      return dropIndex(session, statement);
    case "truncate":
      return truncate(session, statement);
  }
}

function createTable(session: Session, statement: Extract<Definition, { kind: "create_table" }>): void {
  const catalog = session.store.catalogFor(session);
  const table = newTable(catalog, statement);
  if (table.name.startsWith("#")) throw unsupported("temporary table", statement.line);
  if (catalog.find(statement.name) !== undefined) {
    throw new SqlError(2714, `There is already an object named '${table.name}' in the database.`, {
      state: 6,
      line: statement.line,
    });
  }
  const columns = table.columns.map((column) =>
    quoteName(column.name) + (column.name === table.rowId ? " INTEGER PRIMARY KEY" : "")
  );
  const hidden = table.columns.some((column) => column.name === table.rowId)
    ? []
    : [`${quoteName(table.rowId)} INTEGER PRIMARY KEY`];
  session.store.writer.exec(`CREATE TABLE ${quoteName(table.name)}(${[...hidden, ...columns].join(",")})`);
  for (const index of table.indexes) buildIndex(session, table, index);
  session.store.saveTable(table);
}

/** A key that is the row id itself needs no index. */
function buildIndex(session: Session, table: Table, index: Index): void {
  if (index.kind === "primary" && same(index.columns[0] ?? "", table.rowId)) return;
  const unique = index.kind === "index" ? "" : "UNIQUE ";
  const names = index.kind === "index" ? coveredColumns(table, index) : index.columns;
  const keys = names.map((name, i) =>
    i < index.columns.length || isClustered(table, name)
      ? keyText(table, name, quoteName(name))
      : quoteName(name)
  );
  const sql = `CREATE ${unique}INDEX ${indexName(table, index.name)} ON ${quoteName(table.name)}(${
    keys.join(",")
  })`;
  try {
    session.store.writer.exec(sql);
  } catch (error) {
    if (!(error instanceof StorageError) || !error.isDuplicate) throw error;
    throw new SqlError(
      1505,
      `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.${table.name}' and the index name '${index.name}'.`,
    );
  }
}

/** Index keys, then the clustered key that follows implicitly in SQL Server, then the included columns. */
function coveredColumns(table: Table, index: Index): string[] {
  const clustered = table.indexes.find((candidate) => candidate.kind === "primary")?.columns ?? [];
  const names = [...index.columns, ...clustered, ...index.include];
  return names.filter((name, i) => names.findIndex((other) => same(other, name)) === i);
}

function isClustered(table: Table, name: string): boolean {
  return table.indexes.some((index) =>
    index.kind === "primary" && index.columns.some((column) => same(column, name))
  );
}

/** Index names are a table's own in SQL Server, the database's in SQLite. */
function indexName(table: Table, name: string): string {
  return quoteName(`${table.name}$${name}`);
}

function createIndex(session: Session, statement: Extract<Definition, { kind: "create_index" }>): void {
  const table = session.store.catalogFor(session).get(statement.table, statement.line);
  if (table.indexes.some((index) => same(index.name, statement.name))) {
    throw new SqlError(
      1913,
      `The operation failed because an index or statistics with name '${statement.name}' already exists on table 'dbo.${table.name}'.`,
      { line: statement.line },
    );
  }
  const index: Index = {
    name: statement.name,
    kind: statement.unique ? "unique_index" : "index",
    columns: statement.columns.map((name) => columnOf(table, name).name),
    include: statement.include.map((name) => columnOf(table, name).name),
  };
  buildIndex(session, table, index);
  session.store.saveTable({ ...table, indexes: [...table.indexes, index] });
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => same(candidate.name, name));
  if (column !== undefined) return column;
  throw new SqlError(1911, `Column name '${name}' does not exist in the target table or view.`);
}

function alterAdd(session: Session, statement: Extract<Definition, { kind: "alter_add" }>): void {
  const { store } = session;
  const catalog = store.catalogFor(session);
  const before = catalog.get(statement.table, statement.line);
  const added = statement.columns.map((spec) => newColumn(catalog, spec, before.name));
  for (const column of added) {
    if (column.identity !== null) throw unsupported("ALTER TABLE ADD of an identity column", statement.line);
    if (before.columns.some((existing) => same(existing.name, column.name))) {
      throw new SqlError(
        2705,
        `Column names in each table must be unique. Column name '${column.name}' in table '${before.name}' is specified more than once.`,
        { line: statement.line },
      );
    }
    store.writer.exec(`ALTER TABLE ${quoteName(before.name)} ADD COLUMN ${quoteName(column.name)}`);
  }
  const table = addConstraints(
    { ...before, columns: [...before.columns, ...added] },
    catalog,
    statement.constraints,
  );
  addColumnValues(session, table, added);
  for (const index of table.indexes.slice(before.indexes.length)) buildIndex(session, table, index);
  store.saveTable(table);
  checkExistingRows(session, table, before);
}

function dropTable(
  session: Session,
  name: readonly string[],
  statement: Extract<Definition, { kind: "drop_table" }>,
): void {
  const catalog = session.store.catalogFor(session);
  const table = catalog.find(name);
  if (table === undefined && statement.ifExists) return;
  if (table === undefined) {
    throw new SqlError(
      3701,
      `Cannot drop the table '${name.join(".")}', because it does not exist or you do not have permission.`,
      {
        severity: 11,
        state: 5,
        line: statement.line,
      },
    );
  }
  if (catalog.referencing(table).some(({ child }) => child !== table)) {
    throw new SqlError(
      3726,
      `Could not drop object '${name.join(".")}' because it is referenced by a FOREIGN KEY constraint.`,
      { line: statement.line },
    );
  }
  session.store.writer.exec(`DROP TABLE ${quoteName(table.name)}`);
  session.store.removeTable(table);
}

function dropIndex(session: Session, statement: Extract<Definition, { kind: "drop_index" }>): void {
  const table = session.store.catalogFor(session).get(statement.table, statement.line);
  const index = table.indexes.find((candidate) => same(candidate.name, statement.name));
  if (index === undefined && statement.ifExists) return;
  if (index === undefined) {
    throw new SqlError(
      3701,
      `Cannot drop the index '${table.name}.${statement.name}', because it does not exist or you do not have permission.`,
      {
        severity: 11,
        state: 7,
        line: statement.line,
      },
    );
  }
  if (index.kind === "primary" || index.kind === "unique_constraint") {
    throw new SqlError(
      3723,
      `An explicit DROP INDEX is not allowed on index '${table.name}.${index.name}'. It is being used for constraint enforcement.`,
      { line: statement.line },
    );
  }
  session.store.writer.exec(`DROP INDEX ${indexName(table, index.name)}`);
  session.store.saveTable({ ...table, indexes: table.indexes.filter((other) => other !== index) });
}

function truncate(session: Session, statement: Extract<Definition, { kind: "truncate" }>): void {
  const catalog = session.store.catalogFor(session);
  const table = catalog.get(statement.name, statement.line);
  if (catalog.referencing(table).some(({ child }) => child !== table)) {
    throw new SqlError(
      4712,
      `Cannot truncate table '${table.name}' because it is being referenced by a FOREIGN KEY constraint.`,
      { line: statement.line },
    );
  }
  session.store.writer.exec(`DELETE FROM ${quoteName(table.name)}`);
  session.store.noteIdentity(table, null);
}
