import { fromUnit, type UnitSizes, type ValueUnit } from "@/components/latents/value-unit";
import { parseNumbers } from "@/components/ui/parse-numbers";
import type { DoseRequest } from "@/lib/contract/study";
import { formatSignificant } from "@/lib/numbers/format";

export type DoseOperation = DoseRequest["operation"];
/** In the order in which they are offered. */
export const doseOperations: readonly DoseOperation[] = ["clamp", "add", "scale", "minClamp"];
/** Values are typed raw or as multiples of one of the latent's own quantiles; a factor is always raw. */
export type DoseUnit = Exclude<ValueUnit, "share">;

export const firstValues: { readonly [kind in "factor" | "multiples"]: string } = {
  factor: "0, 0.5, 1, 1.5, 2, 3",
  multiples: "0, 0.25, 0.5, 1, 1.5, 2",
};

/** How several values are typed. */
export const valuesHint = "separate them as 0, 0.5, 1";

const mostValues = 32;

/** The values to set, raw and each once; a string says what cannot be read. */
export function doseValues(text: string, unit: DoseUnit, sizes: UnitSizes): readonly number[] | string {
  const { values, error } = parseNumbers(text, "real");
  if (values === null) return error;
  const each = [...new Set(values.map((value) => fromUnit(value, unit, sizes)))].sort((a, b) => a - b);
  return each.length > mostValues ? `At most ${mostValues} values, but there are ${each.length}` : each;
}

/** A value as it was meant: `0`, `p99`, `1.5 × p99`, `2 ×` of a factor; raw where the latent has no quantile. */
export function doseValueWords(value: number, operation: DoseOperation, p99: number | null): string {
  if (operation === "scale") return `${trimmed(formatSignificant(value))} ×`;
  if (value === 0) return "0";
  if (p99 === null) return trimmed(formatSignificant(value));
  const multiple = formatSignificant(value / p99, 2);
  return multiple === "1.0" || multiple === "1" ? "p99" : `${trimmed(multiple)} × p99`;
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
