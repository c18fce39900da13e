import { z } from "zod";
import { type ColumnsWith, columnsWith } from "./latent-columns/latent-columns";
import { inTableOrder } from "./latent-columns/table-order";

/** Numeric columns of the table of latents, from its left: each has a histogram in its head whose brush is a range. */
export type RangeColumn = ColumnsWith<"isFiltered">;
export const rangeColumns: readonly RangeColumn[] = inTableOrder(columnsWith("isFiltered"));

/** Both ends belong to the range; null is open. */
export type ColumnRange = { column: RangeColumn; from: number | null; to: number | null };

/** Ranges as an address holds them: `density:0.0001..0.01,maxActivation:4..`; one a column, the last wins. */
export const rangesParameter = z
  .string()
  .max(1000)
  .transform((text, context): ColumnRange[] => {
    const ranges = new Map<RangeColumn, ColumnRange>();
    for (const part of text.split(",").filter((each) => each !== "")) {
      const range = parseRange(part);
      if (range === undefined) {
        context.addIssue({
          code: "custom",
          message: `"${part}" is not a range: write column:from..to with a column of ${rangeColumns.join(", ")}`,
        });
        return z.NEVER;
      }
      ranges.set(range.column, range);
    }
    return [...ranges.values()];
  });

export function formatRanges(ranges: readonly ColumnRange[]): string {
  return ranges.map(({ column, from, to }) => `${column}:${from ?? ""}..${to ?? ""}`).join(",");
}

function parseRange(text: string): ColumnRange | undefined {
  const [name = "", ends = ""] = text.split(":");
  const column = rangeColumns.find((each) => each === name);
  const [from, to, ...rest] = ends.split("..");
  if (column === undefined || from === undefined || to === undefined || rest.length > 0) return undefined;
  const numbers = [from, to].map((end) => (end === "" ? null : Number(end)));
  if (numbers.some((end) => end !== null && !Number.isFinite(end))) return undefined;
  return { column, from: numbers[0] ?? null, to: numbers[1] ?? null };
}
