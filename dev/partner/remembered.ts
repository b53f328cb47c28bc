// Remembers what a pure function said of a text: clients send the same paths and header fields with every call. The
// readers of heads, paths and logins use it.

/** Longer texts are not remembered, UTF-16 units. */
const TEXT_MAX = 2048;

/** The same function, which says the same of the same text; at `max` texts it begins to remember afresh. */
export function remembered<T>(max: number, read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const said = read(text);
    if (known.size >= max) known.clear();
    if (text.length <= TEXT_MAX) known.set(text, said);
    return said;
  };
}
