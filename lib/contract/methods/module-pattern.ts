import { type NameTest, nameEndTest } from "@/lib/contract/expression";

/** Values of some modules alone, by regular expression: the first that matches the whole name, or its end after a dot, as in PEFT. */
export type ModulePattern = Readonly<Record<string, number>>;

/** PEFT's `get_pattern_key`, and the value that stands there; undefined where no key matches. */
export function patternValue(values: ModulePattern | undefined, module: string): number | undefined {
  if (values === undefined) return undefined;
  return compiled(values).find(({ matches }) => matches(module))?.value;
}

/** A pattern as an optional key of settings: absent where no module has a value of its own. */
export function givenPattern<Name extends string>(name: Name, pattern: Record<string, number>): { [Key in Name]?: Record<string, number> } {
  return Object.keys(pattern).length === 0 ? {} : ({ [name]: pattern } as { [Key in Name]: Record<string, number> });
}

type CompiledPattern = readonly { readonly matches: NameTest; readonly value: number }[];
const compiledPatterns = new WeakMap<ModulePattern, CompiledPattern>();

function compiled(values: ModulePattern): CompiledPattern {
  const known = compiledPatterns.get(values);
  if (known !== undefined) return known;
  const pattern = Object.entries(values).map(([key, value]) => ({ matches: nameEndTest(key), value }));
  compiledPatterns.set(values, pattern);
  return pattern;
}
