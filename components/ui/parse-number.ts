import { formatInteger, formatSignificant } from "@/lib/numbers/format";

type Bounds = { kind: "integer" | "real"; min?: number | undefined; max?: number | undefined };

/** Reads a typed number: spaces of any kind part thousands, a decimal comma counts as a point, a true minus as a minus. */
export function parseNumber(
  text: string,
  { kind, min, max }: Bounds,
): { value: number; error?: undefined } | { value: null; error: string } {
  const plain = text
    .replace(/[\s\u00a0\u202f]/g, "")
    .replace(/\u2212/g, "-")
    .replace(",", ".");
  const value = plain === "" ? Number.NaN : Number(plain);
  const write = kind === "integer" ? formatInteger : (bound: number) => formatSignificant(bound);
  if (!Number.isFinite(value))
    return { value: null, error: kind === "integer" ? "Not a whole number" : "Not a number; write 0.002 or 2e-3" };
  if (kind === "integer" && !Number.isInteger(value)) return { value: null, error: "Not a whole number" };
  if (min !== undefined && value < min) return { value: null, error: `At least ${write(min)}` };
  if (max !== undefined && value > max) return { value: null, error: `At most ${write(max)}` };
  return { value };
}
