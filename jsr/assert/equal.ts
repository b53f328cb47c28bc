// Deep equality, as the equality assertions understand it: same class, same own properties, same contents.

type Pairs = Map<unknown, Set<unknown>>;

/** Whether two values are deeply equal. `0` equals `-0`, `NaN` equals itself, `{a: undefined}` differs from `{}`. */
export function equal(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, seen: Pairs): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "number" && typeof b === "number") return a === b;
  if (!isObject(a) || !isObject(b)) return false;
  if (!sameClass(a, b)) return false;
  // A pair met again on the way down is a cycle: it is equal as far as this path can tell.
  if (seen.get(a)?.has(b)) return true;
  seen.set(a, (seen.get(a) ?? new Set()).add(b));
  return sameContents(a, b, seen) && sameProperties(a, b, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function sameClass(a: object, b: object): boolean {
  const classOf = (value: object) => {
    const found: unknown = value.constructor;
    return found === undefined || found === Object ? Object : found;
  };
  return classOf(a) === classOf(b);
}

function sameContents(a: object, b: object, seen: Pairs): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (a instanceof Error && b instanceof Error) return a.name === b.name && a.message === b.message;
  if (a instanceof Set && b instanceof Set) return sameMembers([...a], [...b], seen);
  if (a instanceof Map && b instanceof Map) return sameMembers([...a], [...b], seen);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return sameBytes(a, b);
  if (a instanceof WeakRef && b instanceof WeakRef) return same(a.deref(), b.deref(), seen);
  if (a instanceof WeakMap || a instanceof WeakSet || a instanceof Promise) return false;
  if (isBoxed(a) && isBoxed(b)) return Object.is(a.valueOf(), b.valueOf());
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length;
  return true;
}

/** Same members in any order; each member of one side is used up by the one it matches. */
function sameMembers(a: unknown[], b: unknown[], seen: Pairs): boolean {
  if (a.length !== b.length) return false;
  const left = new Set(b);
  return a.every((item) => {
    if (left.delete(item)) return true;
    for (const candidate of left) {
      // A trial that fails must leave no trace in the pairs taken for equal.
      if (same(item, candidate, copyOf(seen))) return left.delete(candidate);
    }
    return false;
  });
}

function copyOf(seen: Pairs): Pairs {
  return new Map([...seen].map(([key, partners]) => [key, new Set(partners)]));
}

function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
  const left = new Uint8Array(a);
  const right = new Uint8Array(b);
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function isBoxed(value: object): boolean {
  return value instanceof String || value instanceof Number || value instanceof Boolean;
}

function sameProperties(a: object, b: object, seen: Pairs): boolean {
  const keys = ownKeys(a);
  if (keys.length !== ownKeys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function ownKeys(value: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
  return [...Object.keys(value), ...symbols];
}
