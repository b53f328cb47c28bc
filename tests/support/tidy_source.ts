// Reads a source file into the facts that the tidy rules judge. Uses the parser of `deno lint`, which `deno test` has.

/** A piece of source with the line it begins on. */
export interface Piece {
  line: number;
  text: string;
}

/** A function, from its first line to its last. */
export interface FunctionPiece extends Piece {
  name: string;
  lineCount: number;
}

/** What is known of one source file. */
export interface SourceFile {
  /** From the root of the checkout, with `/`. */
  path: string;
  lines: string[];
  /** What is imported, exported from elsewhere, or imported on demand. */
  imports: Piece[];
  /** The names taken from relative imports, as `file` and `name`; `*` for all of a file. */
  importedNames: Set<string>;
  /** The names it exports. */
  exports: Piece[];
  functions: FunctionPiece[];
  /** The contents of strings and of the fixed parts of templates. */
  strings: Piece[];
  /** Calls of `Deno.test` and what belongs to it, with their arguments. */
  tests: Piece[];
}

/** Parses a file of the checkout. `text` is its contents. */
export function readSource(path: string, text: string): SourceFile {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const file: SourceFile = {
    path,
    lines,
    imports: [],
    importedNames: new Set(),
    exports: [],
    functions: [],
    strings: [],
    tests: [],
  };
  const visitors = visitorsFor(file, text);
  Deno.lint.runPlugin({ name: "tidy", rules: { facts: { create: () => visitors } } }, path, text);
  return file;
}

function visitorsFor(file: SourceFile, text: string): Deno.lint.LintVisitor {
  const starts = lineStarts(text);
  const piece = (node: { range: [number, number] }): Piece => ({
    line: lineAt(starts, node.range[0]),
    text: text.slice(...node.range),
  });
  return {
    ...functionVisitors(file, piece),
    ...moduleVisitors(file, piece),
    Literal(node) {
      if (typeof node.value === "string") file.strings.push({ ...piece(node), text: node.value });
    },
    TemplateElement(node) {
      file.strings.push({ ...piece(node), text: node.cooked });
    },
    CallExpression(node) {
      if (/^Deno\.test\b/.test(piece(node.callee).text)) file.tests.push(piece(node));
    },
  };
}

type PieceOf = (node: { range: [number, number] }) => Piece;

function functionVisitors(file: SourceFile, piece: PieceOf): Deno.lint.LintVisitor {
  const add = (node: { range: [number, number]; parent: Deno.lint.Node }, name: string | undefined) => {
    const found = piece(node);
    const lineCount = found.text.split("\n").length;
    file.functions.push({ ...found, name: name ?? nameFromParent(node.parent), lineCount });
  };
  return {
    FunctionDeclaration: (node) => add(node, node.id?.name),
    FunctionExpression: (node) => add(node, node.id?.name),
    ArrowFunctionExpression: (node) => add(node, undefined),
  };
}

function nameFromParent(parent: Deno.lint.Node): string {
  if (parent.type === "VariableDeclarator" && parent.id.type === "Identifier") return parent.id.name;
  const isNamed = parent.type === "MethodDefinition" || parent.type === "Property";
  if (isNamed && "name" in parent.key) return String(parent.key.name);
  return "a function without a name";
}

function moduleVisitors(file: SourceFile, piece: PieceOf): Deno.lint.LintVisitor {
  const addImport = (node: { range: [number, number] }, source: { value: string }, names: string[]) => {
    const target = resolveImport(file.path, source.value);
    file.imports.push({ ...piece(node), text: target });
    for (const name of names) file.importedNames.add(`${target} ${name}`);
  };
  return {
    ImportDeclaration(node) {
      addImport(node, node.source, node.specifiers.map((one) => importedName(piece(one).text, one.type)));
    },
    ExportAllDeclaration: (node) => addImport(node, node.source, ["*"]),
    ExportNamedDeclaration(node) {
      const names = node.specifiers.map((one) => piece(one).text.replace(/^type /, ""));
      if (node.source) addImport(node, node.source, names.map((name) => name.split(" as ")[0] ?? name));
      else {for (const name of exportedNames(piece(node).text)) {
          file.exports.push({ ...piece(node), text: name });
        }}
    },
    ImportExpression(node) {
      if (node.source.type !== "Literal") return;
      addImport(node, { value: String(node.source.value) }, ["*"]);
    },
  };
}

function importedName(text: string, kind: string): string {
  if (kind === "ImportNamespaceSpecifier") return "*";
  if (kind === "ImportDefaultSpecifier") return "default";
  return text.replace(/^type /, "").split(" as ")[0] ?? text;
}

function exportedNames(text: string): string[] {
  const declared =
    /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/;
  const name = declared.exec(text)?.[1];
  if (name !== undefined) return [name];
  return (/^export (?:type )?\{([^}]*)\}/.exec(text)?.[1] ?? "").split(",")
    .map((part) => part.trim().replace(/^type /, "").split(" as ").at(-1) ?? "").filter((part) =>
      part !== ""
    );
}

/** A relative import as a path from the root; any other as it stands. */
function resolveImport(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
}

function lineAt(starts: number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
