import type { ComparisonScorecard, DomainScores, PairQuery, ScoreLine, ScoreOfSides } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import type { ResultPair } from "@/server/db/benchmarks/results";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { type BenchmarkNumber, isCutAlike, metricOf, numbersOf, rightAt, sharedPlaces } from "./benchmark-metrics";
import { evaluationLine, evaluationScores } from "./evaluation-line";
import { keptLine } from "./kept-lines";
import { type MeasuredBenchmark, readMeasured } from "./measured-results";
import { pairRuns, type RunPair } from "./pairs";
import { isMeasurable } from "./remarks";
import { isOfOneMethod, pairOf, readSides, type Side } from "./sides";

/** Every number that two sides share, with paired intervals; and the same numbers of all sides, for plots. */
export async function compareScores(context: ServiceContext, query: PairQuery): Promise<ComparisonScorecard> {
  const sides = await readSides(context, query.runs);
  const pair = pairOf(sides, query);
  const measured = await readMeasured(
    context,
    sides.flatMap(({ runs }) => runs),
  );
  const evaluation = evaluationLine(...pair);
  const ofEvaluation = evaluationScores(sides);
  return {
    lines: [...(evaluation === undefined ? [] : [evaluation]), ...measured.flatMap((one) => benchmarkLines(one, pair))],
    pairs: pairRuns(...pair).map(({ first, second }) => ({ first: first.id, second: second.id })),
    scores: [...(ofEvaluation === undefined ? [] : [ofEvaluation]), ...measured.flatMap((one) => scoresOf(one, sides))],
    domains: (await Promise.all(measured.map((one) => domainScores(context, one, sides)))).flatMap((one) => one ?? []),
    missing: measured.flatMap((one) => missingOf(one, pair)),
  };
}

function benchmarkLines({ benchmark, results }: MeasuredBenchmark, [one, other]: readonly [Side, Side]): ScoreLine[] {
  const pairs = pairRuns(one, other, ({ id }) => results.has(id));
  const [firsts, seconds] = [resultsOf(pairs, "first", results), resultsOf(pairs, "second", results)];
  const all = [...firsts, ...seconds];
  const places = sharedPlaces(all);
  if (pairs.length === 0 || places.length === 0) return [];
  const isAlike = isCutAlike(all, places);
  return numbersOf(benchmark).flatMap((number): ScoreLine[] => {
    const { metric, name: _, ...words } = number;
    const obstacle =
      number.name === "loss" && !isAlike
        ? "their base models cut the rows into other tokens, so that losses a token are not of the same thing"
        : undefined;
    const [first, second] = [firsts, seconds].map((some) => some.map((result) => metricOf(number, result, places)));
    if (first === undefined || second === undefined) return [];
    const right = rightsOf(number, firsts, seconds, places);
    const line = keptLine([number.key, one.name, other.name, all.map(({ adapter }) => adapter.id)], {
      metric,
      names: [one.name, other.name],
      isOneMethod: isOfOneMethod(one, other),
      first,
      second,
      rows: places.length,
      hasRows: true,
      ...(right === undefined ? {} : { right }),
      ...(obstacle === undefined ? {} : { obstacle }),
    });
    return Number.isFinite(line.first.mean - line.second.mean) ? [{ ...words, ...line }] : [];
  });
}

function resultsOf(pairs: readonly RunPair[], end: keyof RunPair, results: ReadonlyMap<string, ResultPair>): ResultPair[] {
  return pairs.flatMap((pair) => results.get(pair[end].id) ?? []);
}

/** Of two sides with one run each, which rows are right. */
function rightsOf(number: BenchmarkNumber, firsts: readonly ResultPair[], seconds: readonly ResultPair[], places: readonly number[]) {
  const [first, second] = [firsts[0], seconds[0]];
  if (firsts.length !== 1 || first === undefined || second === undefined) return undefined;
  const [right, other] = [rightAt(number, first, places), rightAt(number, second, places)];
  return right === undefined || other === undefined ? undefined : ([right, other] as const);
}

function scoresOf({ benchmark, results }: MeasuredBenchmark, sides: readonly Side[]): ScoreOfSides[] {
  const places = sharedPlaces([...results.values()]);
  if (places.length === 0) return [];
  return numbersOf(benchmark).map((number) => {
    const { metric: _metric, name: _name, benchmarkId: _id, ...words } = number;
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

/** Of a benchmark with domains, the change of the loss against the base model; undefined where no side was trained on some domains alone. */
async function domainScores(
  { store }: ServiceContext,
  { benchmark, results }: MeasuredBenchmark,
  sides: readonly Side[],
): Promise<DomainScores | undefined> {
  const { id, name, domains } = benchmark;
  if (domains.length < 2 || results.size === 0 || new Set(sides.map(trainedDomains)).size < 2) return undefined;
  const items = await readBenchmarkItems(store.db, id);
  const places = sharedPlaces([...results.values()]);
  const ofSides = sides.flatMap((side, place) => {
    const own = side.runs.flatMap((run) => results.get(run.id) ?? []);
    if (own.length === 0 || items === undefined) return [];
    const changes = domains.map((_, domain) => {
      const rows = places.filter((row) => items.domainOf[row] === domain);
      return rows.length === 0 ? null : meanOf(own.map((result) => lossChange(result, rows)));
    });
    return [{ side: place, changes }];
  });
  return ofSides.length < 2 ? undefined : { benchmarkId: id, name, domains, sides: ofSides };
}

function lossChange({ adapter, base }: ResultPair, rows: readonly number[]): number {
  const mean = ({ lossSums, labelTokens }: ResultPair["base"]) =>
    rows.reduce((sum, row) => sum + (lossSums[row] ?? 0), 0) / rows.reduce((sum, row) => sum + (labelTokens[row] ?? 0), 0);
  return mean(adapter) - mean(base);
}

function trainedDomains({ first }: Side): string {
  const { data } = first.config;
  return data?.kind === "dataSet" ? JSON.stringify(data.domains) : "unknown";
}

function missingOf({ benchmark, results, underway }: MeasuredBenchmark, pair: readonly [Side, Side]): ComparisonScorecard["missing"] {
  const runs: RunRow[] = [...new Set(pair.flatMap((side) => side.runs))];
  const missing = runs.filter((run) => isMeasurable(run) && !results.has(run.id)).map(({ id }) => id);
  if (missing.length === 0) return [];
  return [{ benchmarkId: benchmark.id, name: benchmark.name, runs: missing, isUnderway: missing.every((id) => underway.has(id)) }];
}
