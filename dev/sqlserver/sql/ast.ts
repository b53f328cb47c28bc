// The syntax tree of the T-SQL subset. sql/parser makes it, sql/emit and exec read it. Names keep their case.
import type { SqlType } from "./types.ts";

export type Expr =
  | {
    kind: "literal";
    type: "int" | "decimal" | "float" | "string" | "nstring" | "hex" | "null";
    text: string;
  }
  | { kind: "variable"; name: string; line: number }
  | { kind: "global"; name: string; line: number }
  | { kind: "column"; parts: string[]; line: number }
  | { kind: "unary"; op: "-" | "+" | "~"; operand: Expr }
  | { kind: "binary"; op: BinaryOp; left: Expr; right: Expr; line: number }
  | { kind: "collate"; operand: Expr; collation: string }
  | { kind: "simple_case"; input: Expr; whens: { when: Expr; then: Expr }[]; otherwise: Expr | null }
  | { kind: "searched_case"; whens: { when: Condition; then: Expr }[]; otherwise: Expr | null }
  | { kind: "convert"; operand: Expr; type: SqlType; style: Expr | null; attempt: boolean }
  | {
    kind: "call";
    name: string;
    args: Expr[];
    distinct: boolean;
    star: boolean;
    over: Over | null;
    line: number;
  }
  | { kind: "scalar_query"; query: Query }
  | { kind: "default"; line: number };

export type BinaryOp = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^";

export interface Over {
  partitionBy: Expr[];
  orderBy: OrderItem[];
}

export type CompareOp = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { kind: "compare"; op: CompareOp; left: Expr; right: Expr; line: number }
  | { kind: "and" | "or"; left: Condition; right: Condition }
  | { kind: "not"; operand: Condition }
  | { kind: "between"; operand: Expr; low: Expr; high: Expr; negated: boolean; line: number }
  | { kind: "in_list"; operand: Expr; items: Expr[]; negated: boolean; line: number }
  | { kind: "in_query"; operand: Expr; query: Query; negated: boolean; line: number }
  | { kind: "like"; operand: Expr; pattern: Expr; escape: Expr | null; negated: boolean }
  | { kind: "is_null"; operand: Expr; negated: boolean }
  | { kind: "exists"; query: Query };

export interface OrderItem {
  expr: Expr;
  descending: boolean;
}

export interface Query {
  kind: "query";
  ctes: Cte[];
  body: QueryBody;
  orderBy: OrderItem[];
  offset: { skip: Expr; fetch: Expr | null } | null;
  line: number;
}

export interface Cte {
  name: string;
  columns: string[] | null;
  query: Query;
}

export type QueryBody = SelectCore | { kind: "union"; all: boolean; left: QueryBody; right: QueryBody };

export interface SelectCore {
  kind: "select";
  distinct: boolean;
  top: Expr | null;
  items: SelectItem[];
  from: TableRef | null;
  where: Condition | null;
  groupBy: Expr[];
  having: Condition | null;
  line: number;
}

export type SelectItem =
  | { kind: "star"; qualifier: string[]; line: number }
  | { kind: "expr"; expr: Expr; alias: string | null }
  | { kind: "assign"; variable: string; expr: Expr; line: number };

export type JoinType = "inner" | "left" | "right" | "full" | "cross" | "cross_apply" | "outer_apply";

export type TableRef =
  | { kind: "table"; parts: string[]; alias: string | null; hints: string[]; line: number }
  | { kind: "derived"; query: Query; alias: string; columns: string[] | null; line: number }
  | { kind: "values"; rows: Expr[][]; alias: string; columns: string[]; line: number }
  | {
    kind: "openjson";
    json: Expr;
    path: Expr | null;
    columns: JsonColumn[] | null;
    alias: string;
    line: number;
  }
  | { kind: "join"; type: JoinType; left: TableRef; right: TableRef; on: Condition | null; line: number };

export interface JsonColumn {
  name: string;
  type: SqlType;
  collation: string | null;
  path: string | null;
  asJson: boolean;
}

export type OutputItem =
  | { kind: "star"; table: "inserted" | "deleted" }
  | { kind: "column"; table: "inserted" | "deleted"; column: string; alias: string | null; line: number };

export interface Insert {
  kind: "insert";
  target: string[];
  columns: string[] | null;
  source: { kind: "rows"; rows: Expr[][] } | { kind: "query"; query: Query } | { kind: "defaults" };
  output: OutputItem[] | null;
  line: number;
}

export interface Update {
  kind: "update";
  target: string[];
  top: Expr | null;
  sets: { column: string[]; value: Expr; line: number }[];
  output: OutputItem[] | null;
  from: TableRef | null;
  where: Condition | null;
  ctes: Cte[];
  line: number;
}

export interface Delete {
  kind: "delete";
  target: string[];
  top: Expr | null;
  output: OutputItem[] | null;
  from: TableRef | null;
  where: Condition | null;
  ctes: Cte[];
  line: number;
}

export interface ColumnSpec {
  name: string;
  type: SqlType;
  collation: string | null;
  nullable: boolean | null;
  identity: { seed: bigint; increment: bigint } | null;
  default: { name: string | null; text: string } | null;
}

export type ConstraintSpec =
  | { kind: "key"; name: string | null; primary: boolean; columns: string[]; clustered: boolean | null }
  | {
    kind: "foreign";
    name: string | null;
    columns: string[];
    table: string[];
    referenced: string[];
    cascade: boolean;
  }
  | { kind: "check"; name: string | null; text: string }
  | { kind: "default"; name: string | null; column: string; text: string };

export type Statement =
  | Query
  | Insert
  | Update
  | Delete
  | {
    kind: "create_table";
    name: string[];
    columns: ColumnSpec[];
    constraints: ConstraintSpec[];
    line: number;
  }
  | {
    kind: "create_index";
    name: string;
    table: string[];
    unique: boolean;
    columns: string[];
    include: string[];
    line: number;
  }
  | { kind: "alter_add"; table: string[]; columns: ColumnSpec[]; constraints: ConstraintSpec[]; line: number }
  | { kind: "drop_table"; names: string[][]; ifExists: boolean; line: number }
  | { kind: "drop_index"; name: string; table: string[]; ifExists: boolean; line: number }
  | { kind: "truncate"; name: string[]; line: number }
  | { kind: "declare"; items: { name: string; type: SqlType; value: Expr | null }[]; line: number }
  | { kind: "set_variable"; name: string; value: Expr; line: number }
  | { kind: "set_option"; option: string; value: string; line: number }
  | { kind: "identity_insert"; table: string[]; on: boolean; line: number }
  | { kind: "set_isolation"; level: string; line: number }
  | { kind: "if"; condition: Condition; then: Statement; otherwise: Statement | null; line: number }
  | { kind: "while"; condition: Condition; body: Statement; line: number }
  | { kind: "break" | "continue" | "return"; line: number }
  | { kind: "block"; statements: Statement[]; line: number }
  | { kind: "try"; body: Statement[]; handler: Statement[]; line: number }
  | { kind: "print"; value: Expr; line: number }
  | { kind: "throw"; parts: { number: Expr; message: Expr; state: Expr } | null; line: number }
  | { kind: "raiserror"; message: Expr; severity: Expr; state: Expr; line: number }
  | { kind: "begin_transaction"; name: string | null; line: number }
  | { kind: "commit"; line: number }
  | { kind: "rollback"; name: string | null; line: number }
  | { kind: "save"; name: string; line: number }
  | { kind: "use"; database: string; line: number }
  | { kind: "waitfor"; delay: Expr; line: number };
