import { budgetWords } from "@/lib/comparison/budget-words";
import { formatSignificant } from "@/lib/numbers/format";
import type { Cell, Table } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";

/** What sides may have in common, and which have it: each against the first side of the first pair. */
export function matchedTable({ comparison: { sides }, budgets: { budgets, tolerance }, pairs }: ReportMaterial): Table | undefined {
  const [pair] = pairs;
  if (pair === undefined || budgets.length === 0) return undefined;
  const percent = `${formatSignificant(100 * tolerance, 1)}\u202f%`;
  const rows = budgets.map(({ mode, values, fits }): Cell[] => {
    const { longName, format } = budgetWords[mode];
    const wanted = values[pair.first] ?? null;
    const cells = sides.map((_, place): Cell => {
      const value = values[place] ?? null;
      if (value === null) return "not known";
      if (place === pair.first || wanted === null) return format(value);
      if (fits.includes(place)) return { text: format(value), below: value === wanted ? "equal" : `equal within ${percent}` };
      return { text: format(value), below: wanted === 0 ? "not equal" : `not equal: ${formatSignificant(value / wanted, 3)} ×` };
    });
    return [longName, ...cells];
  });
  return {
    caption: `Matched and unmatched budgets, relative to ${sides[pair.first]?.name ?? "the first side"}`,
    columns: [{ name: "Budget" }, ...sides.map(({ name }) => ({ name, isNumeric: true }))],
    rows,
  };
}
