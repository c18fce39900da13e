import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import type { ComparisonScorecard, PairQuery, ScorecardQuery, ScoreOfSides } from "@/lib/contract/comparison";
import type { ResultPair } from "@/server/db/benchmarks/results";
import { readEvaluatedRows } from "@/server/db/runs/evaluation-rows";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { isCutAlike, metricOf, numbersOf, rightsOf, sharedPlaces } from "./benchmark-metrics";
import { domainScores } from "./domain-scores";
import { evaluationLines, evaluationScores } from "./evaluation-line";
import { judgeLines, type UnjudgedLine } from "./judge-lines";
import { keptLine } from "./kept-lines";
import { type MeasuredBenchmark, readMeasured } from "./measured-results";
import { pairRuns, type RunPair } from "./pairs";
import { isMeasurable } from "./remarks";
import { pairOf, readSides, type Side } from "./sides";
import { suggestBenchmarks } from "./suggested-benchmarks";

/** Every number that two sides share, with paired intervals; and the same numbers of all sides, for plots. */
export async function compareScores(context: ServiceContext, query: PairQuery & Partial<ScorecardQuery>): Promise<ComparisonScorecard> {
  const sides = await readSides(context, query.runs);
  const pair = pairOf(sides, query);
  const measured = await readMeasured(
    context,
    sides.flatMap(({ runs }) => runs),
  );
  const ofBenchmarks = measured.flatMap((one) => benchmarkLines(one, pair));
  // The same rows again, known by one number a run, would only make the correction harder.
  const isRepeated = measured.some(({ benchmark }) => isHeldOutOf(benchmark, pair) && ofBenchmarks.some(isOfBenchmark(benchmark)));
  const runs = runsOf(pair);
  const evaluated = isRepeated
    ? []
    : evaluationLines(
        ...pair,
        await readEvaluatedRows(
          context.store.db,
          runs.map(({ id }) => id),
        ),
      );
  const lines = [...ofBenchmarks, ...evaluated];
  return {
    ...judgeLines(lines, pair, query),
    pairs: pairRuns(...pair).map(({ first, second }) => ({ first: first.id, second: second.id })),
    scores: [...evaluationScores(sides), ...measured.flatMap((one) => scoresOf(one, sides))],
    domains: (await Promise.all(measured.map((one) => domainScores(context, one, sides)))).flatMap((one) => one ?? []),
    missing: measured.flatMap((one) => missingOf(one, runs)),
    measurable: runs.filter(isMeasurable).map(({ id }) => id),
    suggested: await suggestBenchmarks(context, pair, measured),
  };
}

/** Whether a benchmark asks the rows that both sides were evaluated on in training. */
function isHeldOutOf({ rows: { dataSetId, part } }: BenchmarkSummary, pair: readonly [Side, Side]): boolean {
  return pair.every(({ first: { config, dataSetId: trained } }) => {
    const { data } = config;
    if (data?.kind !== "dataSet" || trained !== dataSetId || part.kind !== "heldOut" || part.heldOutPart !== data.heldOutPart) return false;
    return data.mapping.split !== undefined || part.validationRows === data.validationRows;
  });
}

function isOfBenchmark({ id }: BenchmarkSummary): (line: UnjudgedLine) => boolean {
  return ({ words }) => words.benchmarkId === id;
}

function benchmarkLines({ benchmark, results }: MeasuredBenchmark, [one, other]: readonly [Side, Side]): UnjudgedLine[] {
  const pairs = pairRuns(one, other, ({ id }) => results.has(id));
  const [firsts, seconds] = [resultsOf(pairs, "first", results), resultsOf(pairs, "second", results)];
  const all = [...firsts, ...seconds];
  const places = sharedPlaces(all);
  if (pairs.length === 0 || places.length === 0) return [];
  const [firstItems, secondItems] = [firsts.map(({ adapter }) => adapter), seconds.map(({ adapter }) => adapter)];
  const isAlike = isCutAlike([...firstItems, ...secondItems], places);
  return numbersOf(benchmark).flatMap((number): UnjudgedLine[] => {
    const { metric, name, words } = number;
    const obstacle =
      name === "loss" && !isAlike ? "their base models tokenise the rows differently, so losses per token are not comparable" : undefined;
    const [first, second] = [firsts, seconds].map((some) => some.map((result) => metricOf(number, result, places)));
    if (first === undefined || second === undefined) return [];
    const right = rightsOf(name, firstItems, secondItems, places);
    const measured = keptLine([words.key, words.isForgetting, all.map(({ adapter }) => adapter.id)], {
      metric,
      first,
      second,
      rows: places.length,
      hasRows: true,
      ...(right === undefined ? {} : { right }),
      ...(obstacle === undefined ? {} : { obstacle }),
    });
    return Number.isFinite(measured.first.mean - measured.second.mean) ? [{ words, measured }] : [];
  });
}

function resultsOf(pairs: readonly RunPair[], end: keyof RunPair, results: ReadonlyMap<string, ResultPair>): ResultPair[] {
  return pairs.flatMap((pair) => results.get(pair[end].id) ?? []);
}

function scoresOf({ benchmark, results }: MeasuredBenchmark, sides: readonly Side[]): ScoreOfSides[] {
  const places = sharedPlaces([...results.values()]);
  if (places.length === 0) return [];
  return numbersOf(benchmark).map((number) => {
    const { benchmarkId: _, ...words } = number.words;
    const values = sides.flatMap((side, place) =>
      side.runs.flatMap(({ id }) => {
        const result = results.get(id);
        const value = result === undefined ? Number.NaN : metricOf(number, result, places)();
        return Number.isFinite(value) ? [{ side: place, runId: id, value }] : [];
      }),
    );
    return { ...words, values };
  });
}

function runsOf(pair: readonly [Side, Side]): RunRow[] {
  return [...new Set(pair.flatMap((side) => side.runs))];
}

function missingOf(
  { benchmark, results, underway, jobs, refused }: MeasuredBenchmark,
  runs: readonly RunRow[],
): ComparisonScorecard["missing"] {
  const missing = runs.filter((run) => isMeasurable(run) && !results.has(run.id) && !refused.has(run.id)).map(({ id }) => id);
  if (missing.length === 0) return [];
  const { id: benchmarkId, name, isGeneral } = benchmark;
  return [{ benchmarkId, name, isGeneral, runs: missing, isUnderway: missing.every((id) => underway.has(id)), jobs: [...jobs] }];
}
