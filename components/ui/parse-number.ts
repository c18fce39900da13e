import { formatInteger, formatSignificant } from "@/lib/numbers/format";

export type NumberKind = "integer" | "real";
type Bounds = { kind: NumberKind; min?: number | undefined; max?: number | undefined };

/**
 * Reads a typed number. Spaces, underscores and commas may part thousands, and a comma may be the decimal sign (`2 000`, `2,000`, `1,5`,
 * `1,234.5`, `2e-3`). What can be read in two ways is refused: `2,000` where fractions are allowed, `2.000` where they are not.
 */
export function parseNumber(
  text: string,
  { kind, min, max }: Bounds,
): { value: number; error?: undefined } | { value: null; error: string } {
  const typed = text
    .trim()
    .replace(/\u2212/g, "-")
    .replace(/^([+-])\s+/, "$1");
  if (hasTwoReadings(typed, kind)) return { value: null, error: twoReadings(typed) };
  const value = Number(decimalOf(typed, kind) ?? Number.NaN);
  const write = kind === "integer" ? formatInteger : (bound: number) => formatSignificant(bound);
  if (!Number.isFinite(value))
    return { value: null, error: kind === "integer" ? "Not a whole number" : "Not a number; write 0.002 or 2e-3" };
  if (kind === "integer" && !Number.isInteger(value)) return { value: null, error: "Not a whole number" };
  if (min !== undefined && value < min) return { value: null, error: `At least ${write(min)}` };
  if (max !== undefined && value > max) return { value: null, error: `At most ${write(max)}` };
  return { value };
}

const plain = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?$/i;
/** Thousands separated by one and the same character, then perhaps a fraction after another. */
const parted = /^[+-]?[1-9]\d{0,2}([\s_,.])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d*)?(?:e[+-]?\d+)?$/i;

/** One sign that may part thousands or be the decimal sign. */
function hasTwoReadings(typed: string, kind: NumberKind): boolean {
  const [, sign] = /^[+-]?[1-9]\d{0,2}([.,])\d{3}(?:e[+-]?\d+)?$/i.exec(typed) ?? [];
  return sign === (kind === "integer" ? "." : ",");
}

/** The digits as JavaScript reads them; undefined where they make no number. */
function decimalOf(typed: string, kind: NumberKind): string | undefined {
  const mayBePlain = kind === "real" || !typed.includes(",");
  if (mayBePlain && plain.test(typed)) return typed.replace(",", ".");
  const [, separator] = parted.exec(typed) ?? [];
  return separator === undefined ? undefined : typed.replaceAll(separator, "").replace(",", ".");
}

function twoReadings(typed: string): string {
  return `Can be read in two ways: write ${typed.replace(/[.,]/, "")} or ${typed.replace(/[.,]\d{3}/, (fraction) => fraction.replace(",", ".").replace(/\.?0+$/, ""))}`;
}
