/** A wrong command line: answered with the verb's usage and exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** `value` takes the next word, `present` stands alone. */
export type FlagKind = "value" | "present";

/** What one verb understands, and how that is told to a person. */
export type VerbUsage = {
  readonly summary: string;
  readonly usage: string;
  readonly flags: Readonly<Record<string, FlagKind>>;
  readonly required: readonly string[];
};

export type Arguments = {
  /** The flag's value; undefined when it was not given. */
  value(flag: string): string | undefined;
  /** As `value`, of a flag that the verb requires. */
  required(flag: string): string;
  isPresent(flag: string): boolean;
};

/**
 * Reads `--flag value` and `--flag=value`.
 *
 * @throws UsageError on an unknown or repeated flag, a missing value or a missing required flag
 */
export function parseArguments(verb: VerbUsage, words: readonly string[]): Arguments {
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("--")) throw new UsageError(`Unexpected argument: ${word}`);
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const kind = Object.hasOwn(verb.flags, flag) ? verb.flags[flag] : undefined;
    if (kind === undefined) throw new UsageError(`Unknown flag: --${flag}`);
    if (values.has(flag)) throw new UsageError(`--${flag} is given twice`);
    if (kind === "present") {
      if (equals >= 0) throw new UsageError(`--${flag} takes no value`);
      values.set(flag, "");
      continue;
    }
    const value = equals < 0 ? words[++index] : word.slice(equals + 1);
    if (value === undefined || (equals < 0 && value.startsWith("--"))) throw new UsageError(`--${flag} needs a value`);
    values.set(flag, value);
  }
  for (const flag of verb.required) {
    if (!values.has(flag)) throw new UsageError(`--${flag} is required`);
  }
  return {
    value: (flag) => values.get(flag),
    required(flag) {
      const value = values.get(flag);
      if (value === undefined) throw new UsageError(`--${flag} is required`);
      return value;
    },
    isPresent: (flag) => values.has(flag),
  };
}

/** A whole number in [least, ∞). @throws UsageError */
export function parseCount(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new UsageError(`--${flag} must be a whole number from ${least}: ${text}`);
  return value;
}

/** The flag's count, or another number where it was not given. @throws UsageError */
export function countOr(given: Arguments, flag: string, otherwise: number, least = 1): number {
  const text = given.value(flag);
  return text === undefined ? otherwise : parseCount(flag, text, least);
}

/** Any finite number. @throws UsageError */
export function parseNumber(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageError(`--${flag} must be a number: ${text}`);
  return value;
}
