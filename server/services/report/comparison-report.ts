import type { Comparison } from "@/lib/contract/comparison";
import type { ComparisonReportQuery } from "@/lib/contract/report";
import { nameSides, withoutSharedEnd } from "@/server/report/name-sides";
import { writeReport } from "@/server/report/write-report";
import { pairOf, readSides } from "@/server/services/comparison/sides";
import type { ServiceContext } from "@/server/services/context";
import { gatherMaterial } from "./gather-material";
import { type ReportFile, reportFile } from "./report-file";

/** With more sides than these, only the requested pair is compared. */
const mostSidesInPairs = 4;

/**
 * A report of runs that a person picked.
 *
 * @throws ServiceError as the comparison itself
 */
export async function comparisonReport(context: ServiceContext, query: ComparisonReportQuery, madeAt: Date): Promise<ReportFile> {
  const ids = query.runs.split(",").filter((id) => id !== "");
  pairOf(await readSides(context, query.runs), query);
  const gathered = await gatherMaterial(context, ids, (comparison) => pairsFrom(comparison, [query.first, query.second]), query);
  const names = withoutSharedEnd(gathered.comparison.sides.map(({ name }) => name));
  const material = nameSides(gathered, names);
  const title = `${names[query.first] ?? "first"} vs. ${names[query.second] ?? "second"}`;
  const text = writeReport({ ...material, title, madeAt: madeAt.toISOString(), version: context.version, experiment: null }, query.format);
  return reportFile(title, query.format, text);
}

/** The requested pair, then all others if they are few. */
function pairsFrom({ sides }: Comparison, [first, second]: readonly [number, number]): [number, number][] {
  if (sides.length > mostSidesInPairs) return [[first, second]];
  const others = sides.flatMap((_, one) => sides.flatMap((__, other): [number, number][] => (one < other ? [[one, other]] : [])));
  const isAsked = ([one, other]: readonly [number, number]) => (one === first && other === second) || (one === second && other === first);
  return [[first, second], ...others.filter((pair) => !isAsked(pair))];
}
