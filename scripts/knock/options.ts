import { parseArgs } from "node:util";

export type KnockOptions = {
  readonly count: number;
  readonly seed: number;
  readonly minutes: number;
  /** One case alone, by the name that the campaign printed. */
  readonly only: string | undefined;
};

/** Options of a campaign, from the command line. @throws Error that names the option whose value is no number */
export function readOptions(defaults: { readonly count: number; readonly minutes: number }, words = process.argv.slice(3)): KnockOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: words, options: { count: text, seed: text, minutes: text, only: text } });
  const number = (name: "count" | "seed" | "minutes", fallback: number): number => {
    const value = Number(values[name] ?? fallback);
    if (!(value >= 0)) throw new Error(`--${name} takes a number, and got "${values[name]}".`);
    return value;
  };
  return {
    count: number("count", defaults.count),
    seed: number("seed", 1),
    minutes: number("minutes", defaults.minutes),
    only: values.only,
  };
}
