import { type NameTest, nameEndTest } from "@/lib/contract/expression";

/** Values of some modules alone, by regular expression: the first that matches the whole name, or its end after a dot, as in PEFT. */
export type ModulePattern<Value = number> = Readonly<Record<string, Value>>;

/** PEFT's `get_pattern_key`, and the value that stands there; undefined where no key matches. */
export function patternValue<Value>(values: ModulePattern<Value> | undefined, module: string): Value | undefined {
  if (values === undefined) return undefined;
  return (compiled(values) as CompiledPattern<Value>).find(({ matches }) => matches(module))?.value;
}

/** A pattern as an optional key of settings: absent where no module has a value of its own. */
export function givenPattern<Name extends string, Value>(
  name: Name,
  pattern: Record<string, Value>,
): { [Key in Name]?: Record<string, Value> } {
  return Object.keys(pattern).length === 0 ? {} : ({ [name]: pattern } as { [Key in Name]: Record<string, Value> });
}

type CompiledPattern<Value> = readonly { readonly matches: NameTest; readonly value: Value }[];
const compiledPatterns = new WeakMap<ModulePattern<unknown>, CompiledPattern<unknown>>();

/** Of the very same values. */
function compiled(values: ModulePattern<unknown>): CompiledPattern<unknown> {
  const known = compiledPatterns.get(values);
  if (known !== undefined) return known;
  const pattern = Object.entries(values).map(([key, value]) => ({ matches: nameEndTest(key), value }));
  compiledPatterns.set(values, pattern);
  return pattern;
}
