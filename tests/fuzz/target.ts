// What a fuzz target is: a name that says what must hold, and the property.
import fc from "fast-check";

/** A name, and a property to hold. */
export interface FuzzTarget {
  name: string;
  property: fc.IProperty<[unknown]>;
}

/** A target whose `holds` throws when something does not hold. */
export function target<T>(name: string, inputs: fc.Arbitrary<T>, holds: (input: T) => void): FuzzTarget {
  const property: unknown = fc.property(inputs, holds);
  return { name, property: property as fc.IProperty<[unknown]> };
}
