// The procedures there are: sp_executesql and the sp_prepare family. Each ends in a batch with parameters.
import type { BatchCache } from "../exec/batch_cache.ts";
import { runBatch } from "../exec/batch.ts";
import { converter } from "../engine/convert.ts";
import { noProcedure, SqlError } from "../errors.ts";
import type { Session } from "../session.ts";
import { Cursor } from "../sql/parser/cursor.ts";
import { parseType } from "../sql/parser/type.ts";
import { tokenize } from "../sql/lexer.ts";
import { INT, type Physical, type SqlType } from "../sql/types.ts";
import type { Response } from "./response.ts";
import type { RpcParameter, RpcRequest } from "./rpc.ts";

interface Prepared {
  readonly text: string;
  readonly declarations: string;
}

interface Declared {
  readonly name: string;
  readonly type: SqlType;
  readonly output: boolean;
}

/** What a request is about: its text decides whether a fault strikes. */
export interface Call {
  readonly text: string;
  run(): Promise<void>;
}

export class Procedures {
  readonly #batches: BatchCache;
  readonly #prepared = new Map<number, Prepared>();
  #handles = 0;

  constructor(batches: BatchCache) {
    this.#batches = batches;
  }

  /** Prepared statements go with sp_reset_connection. */
  clear(): void {
    this.#prepared.clear();
  }

  /** Finds what the request asks for; errors of its form are thrown, to be answered like any other. */
  open(request: RpcRequest, session: Session, response: Response, signal: AbortSignal): Call {
    const context = { session, response, signal };
    const { parameters } = request;
    switch (request.procedure.toLowerCase().replace(/^(sys|master\.\.|master\.sys)\./, "")) {
      case "sp_executesql":
        return this.#execute(
          { text: textOf(parameters, 0), declarations: textOf(parameters, 1) },
          parameters.slice(2),
          context,
        );
      case "sp_prepare":
        return this.#prepare(parameters, context);
      case "sp_execute":
        return this.#execute(this.#find(parameters), parameters.slice(1), context);
      case "sp_prepexec":
        return this.#prepareAndExecute(parameters, context);
      case "sp_unprepare":
        return this.#unprepare(parameters);
      default:
        throw noProcedure(request.procedure);
    }
  }

  #prepare(parameters: readonly RpcParameter[], { response }: Context): Call {
    const prepared = preparedOf(parameters);
    return {
      text: prepared.text,
      run: () => {
        this.#batches.parse(prepared.text, prepared.declarations);
        sendHandle(response, parameters, this.#remember(prepared));
        return Promise.resolve();
      },
    };
  }

  #prepareAndExecute(parameters: readonly RpcParameter[], context: Context): Call {
    const prepared = preparedOf(parameters);
    const call = this.#execute(prepared, parameters.slice(3), context);
    return {
      text: prepared.text,
      run: async () => {
        const handle = this.#remember(prepared);
        await call.run();
        sendHandle(context.response, parameters, handle);
      },
    };
  }

  #unprepare(parameters: readonly RpcParameter[]): Call {
    const handle = handleOf(parameters);
    return {
      text: "sp_unprepare",
      run: () => {
        if (!this.#prepared.delete(handle)) throw noHandle(handle);
        return Promise.resolve();
      },
    };
  }

  #remember(prepared: Prepared): number {
    this.#prepared.set(++this.#handles, prepared);
    return this.#handles;
  }

  #find(parameters: readonly RpcParameter[]): Prepared {
    const prepared = this.#prepared.get(handleOf(parameters));
    if (prepared === undefined) throw noHandle(handleOf(parameters));
    return prepared;
  }

  #execute(prepared: Prepared, given: readonly RpcParameter[], { session, response, signal }: Context): Call {
    return {
      text: prepared.text,
      run: async () => {
        const declared = readDeclarations(prepared.declarations);
        const statements = this.#batches.parse(prepared.text, prepared.declarations);
        const types = new Map(declared.map((parameter) => [parameter.name, parameter.type]));
        const variables = bindParameters(session, prepared, declared, given);
        // A procedure has a scope of its own for SCOPE_IDENTITY().
        const outer = session.scopeIdentity;
        session.scopeIdentity = null;
        await runBatch({ session, sink: response, signal, types, variables, tryDepth: 0 }, statements);
        session.scopeIdentity = outer;
        sendOutputs(response, declared, given, variables);
      },
    };
  }
}

interface Context {
  readonly session: Session;
  readonly response: Response;
  readonly signal: AbortSignal;
}

function textOf(parameters: readonly RpcParameter[], index: number): string {
  const value = parameters[index]?.value ?? null;
  if (index === 0 && typeof value !== "string") {
    throw new SqlError(214, "Procedure expects parameter '@statement' of type 'ntext/nchar/nvarchar'.", {
      state: 2,
    });
  }
  return value === null ? "" : String(value);
}

/** sp_prepare and sp_prepexec: handle (output), declarations, text. */
function preparedOf(parameters: readonly RpcParameter[]): Prepared {
  const [, declarations, text] = parameters;
  if (typeof text?.value !== "string") {
    throw new SqlError(214, "Procedure expects parameter '@stmt' of type 'ntext/nchar/nvarchar'.", {
      state: 2,
    });
  }
  return { text: text.value, declarations: declarations?.value == null ? "" : String(declarations.value) };
}

function handleOf(parameters: readonly RpcParameter[]): number {
  const value = parameters[0]?.value;
  return typeof value === "bigint" ? Number(value) : 0;
}

function noHandle(handle: number): SqlError {
  return new SqlError(8179, `Could not find prepared statement with handle ${handle}.`, { state: 4 });
}

function sendHandle(response: Response, parameters: readonly RpcParameter[], handle: number): void {
  response.returnValue({ ordinal: 0, name: parameters[0]?.name ?? "", type: INT, value: BigInt(handle) });
}

/** `@a nvarchar(50), @b int OUTPUT` */
function readDeclarations(text: string): Declared[] {
  const c = new Cursor(tokenize(text), text);
  if (c.peek().kind === "end") return [];
  const declared = c.list((): Declared => {
    const name = c.variable();
    c.takeWord("as");
    const type = parseType(c, 1);
    return { name, type, output: c.takeWord("output") || c.takeWord("out") };
  });
  if (c.peek().kind !== "end") throw c.unexpected();
  return declared;
}

/** Values by name, else by position, converted to the declared types; 8178 for one that is missing. */
function bindParameters(
  session: Session,
  prepared: Prepared,
  declared: readonly Declared[],
  given: readonly RpcParameter[],
): Map<string, Physical> {
  const unknown = given.find((parameter) =>
    parameter.name !== "" && !declared.some((d) => d.name === parameter.name)
  );
  if (unknown !== undefined) {
    throw new SqlError(8145, `${unknown.name} is not a parameter for procedure .`, { state: 1 });
  }
  const { codePage } = session.store.catalogFor(session).collation;
  return new Map(declared.map((parameter, i) => {
    const source = given.find((candidate) => candidate.name === parameter.name) ?? positional(given[i]);
    if (source === undefined) throw missing(prepared, parameter.name);
    const convert = converter(source.type, parameter.type, { style: 0, codePage });
    return [parameter.name, convert(source.value)];
  }));
}

function positional(parameter: RpcParameter | undefined): RpcParameter | undefined {
  return parameter?.name === "" ? parameter : undefined;
}

function missing(prepared: Prepared, name: string): SqlError {
  const query = `(${prepared.declarations})${prepared.text}`.slice(0, 80);
  return new SqlError(
    8178,
    `The parameterized query '${query}' expects the parameter '${name}', which was not supplied.`,
  );
}

function sendOutputs(
  response: Response,
  declared: readonly Declared[],
  given: readonly RpcParameter[],
  variables: ReadonlyMap<string, Physical>,
): void {
  declared.forEach((parameter, i) => {
    const source = given.find((candidate) => candidate.name === parameter.name) ?? given[i];
    if (!parameter.output || source?.output !== true) return;
    const value = variables.get(parameter.name) ?? null;
    response.returnValue({ ordinal: i, name: parameter.name, type: parameter.type, value });
  });
}
