import { headlineOf } from "@/lib/comparison/score-words";
import {
  type ComparedItemQuery,
  type Comparison,
  comparedItemQuery,
  comparisonQuery,
  pairQuery,
  type ScorecardQuery,
} from "@/lib/contract/comparison";
import { listBenchmarks } from "@/server/db/benchmarks/benchmarks";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import { readRunWithSummary } from "@/server/db/runs/runs";
import type { ReportedItems, ReportedPair, ReportedRun, ReportMaterial } from "@/server/report/material";
import { compareRuns } from "@/server/services/comparison/compare";
import { compareBudgets } from "@/server/services/comparison/compared-budgets";
import { compareItems } from "@/server/services/comparison/compared-items";
import { compareLatents } from "@/server/services/comparison/compared-latents";
import { compareScores } from "@/server/services/comparison/scorecard";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

type Gathered = Omit<ReportMaterial, "title" | "madeAt" | "version" | "experiment">;
type Places = readonly (readonly [first: number, second: number])[];

/** Rows shown of each end of a benchmark. */
const itemsShown = 4;
/** Of more sides than these, latents are told of the first pair alone. */
const mostLatentSides = 6;

/**
 * All that a report tells of these runs.
 *
 * @param pairsOf which sides are held against one another, by place; the first is what the report is read by
 * @throws ServiceError `invalid` for fewer than two runs or sides that are not there, `notFound` for a run that is gone
 */
export async function gatherMaterial(
  context: ServiceContext,
  ids: readonly string[],
  pairsOf: (comparison: Comparison) => Places,
  margins: Pick<ScorecardQuery, "marginPoints" | "marginNats">,
): Promise<Gathered> {
  const { runs } = comparisonQuery.parse({ runs: ids.join(",") || "," });
  const comparison = await compareRuns(context, { runs });
  const pairs: ReportedPair[] = [];
  // One after the other: each resamples rows, which takes a processor for itself.
  for (const [first, second] of pairsOf(comparison))
    pairs.push({ first, second, scorecard: await compareScores(context, { runs, first, second, ...margins }) });
  const [pair] = pairs;
  if (pair === undefined)
    throw new ServiceError("invalid", "A report needs at least two sides: select runs that differ in more than their seed.", {
      field: "runs",
    });
  const budgets = await compareBudgets(context, { runs, first: pair.first, second: pair.second });
  const reported = await readReportedRuns(context, ids);
  const library = await readLibrary(context, [...reported.values()], pairs);
  return {
    comparison,
    pairs,
    budgets,
    latents: await gatherLatents(context, runs, comparison, pair),
    items: await gatherItems(context, runs, pair),
    runs: reported,
    ...library,
  };
}

async function readReportedRuns({ store: { db } }: ServiceContext, ids: readonly string[]): Promise<Map<string, ReportedRun>> {
  const reported = new Map<string, ReportedRun>();
  for (const id of new Set(ids)) {
    const { row, summary } = found(await readRunWithSummary(db, id), `run ${id}`);
    const { config, imported, provenance, bakedEdits } = row;
    reported.set(id, { run: summary, config, imported, provenance, bakedEdits });
  }
  return reported;
}

/** Models, data and benchmarks that the runs are of, those that were removed since left out. */
async function readLibrary(
  { store: { db } }: ServiceContext,
  reported: readonly ReportedRun[],
  pairs: readonly ReportedPair[],
): Promise<Pick<ReportMaterial, "models" | "dataSets" | "benchmarks">> {
  const modelIds = new Set(reported.flatMap(({ run }) => run.modelId ?? []));
  const dataIds = new Set(reported.flatMap(({ config: { data } }) => (data?.kind === "dataSet" ? (data.dataSetId ?? []) : [])));
  const benchmarkIds = new Set(pairs.flatMap(({ scorecard }) => scorecard.lines.flatMap(({ benchmarkId }) => benchmarkId ?? [])));
  const [models, dataSets, benchmarks] = await Promise.all([
    Promise.all([...modelIds].map((id) => readModel(db, id))),
    Promise.all([...dataIds].map((id) => readDataSet(db, id))),
    listBenchmarks(db),
  ]);
  return {
    models: models.flatMap((one) => one ?? []),
    dataSets: dataSets.flatMap((one) => one ?? []),
    benchmarks: benchmarks.filter(({ id }) => benchmarkIds.has(id)).toReversed(),
  };
}

async function gatherLatents(
  context: ServiceContext,
  runs: string,
  { sides }: Comparison,
  { first, second }: ReportedPair,
): Promise<ReportMaterial["latents"]> {
  const wanted = sides.length > mostLatentSides ? [first, second] : [...sides.keys()];
  const known = new Map<number, ReportMaterial["latents"]["sides"][number]>();
  const remarks = new Set<string>();
  for (let at = 0; at < wanted.length; at += 2) {
    // With an odd number, the last is compared with the one before it.
    const [one, other] = [wanted[at + 1] === undefined ? wanted[at - 1] : wanted[at], wanted[at + 1] ?? wanted[at]];
    if (one === undefined || other === undefined) continue;
    const compared = await compareLatents(context, pairQuery.parse({ runs, first: one, second: other }));
    if (compared.first !== null) known.set(one, { side: one, latents: compared.first });
    if (compared.second !== null) known.set(other, { side: other, latents: compared.second });
    for (const remark of compared.remarks) remarks.add(remark);
  }
  return { sides: [...known.values()].sort((a, b) => a.side - b.side), remarks: [...remarks] };
}

/** Of the benchmark that the pair is read by, or the first that both were measured on. */
async function gatherItems(
  context: ServiceContext,
  runs: string,
  { first, second, scorecard }: ReportedPair,
): Promise<ReportedItems | null> {
  const benchmark =
    headlineOf(scorecard.lines)?.benchmarkId ?? scorecard.lines.find(({ benchmarkId }) => benchmarkId !== null)?.benchmarkId ?? null;
  if (benchmark === null) return null;
  const ask = (wanted: Partial<ComparedItemQuery>) =>
    compareItems(context, comparedItemQuery.parse({ runs, first, second, benchmark, limit: itemsShown, ...wanted }));
  const { benchmark: about, counts } = await ask({});
  const isAnswered = counts.differ > 0;
  // The first side's advantage is a smaller loss, so that its rows come first in ascending differences.
  const ends = [
    await ask({ order: "asc", show: isAnswered ? "firstOnly" : "all" }),
    await ask({ order: "desc", show: isAnswered ? "secondOnly" : "all" }),
  ] as const;
  return {
    benchmark: about,
    counts,
    first: ends[0].items.filter(({ difference }) => isAnswered || difference < 0),
    second: ends[1].items.filter(({ difference }) => isAnswered || difference > 0),
  };
}
