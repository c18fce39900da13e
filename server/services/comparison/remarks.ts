import { hasAdapter } from "@/lib/contract/run";
import type { RunRow } from "@/server/db/runs/runs";
import { isOfOneMethod, type Side } from "./sides";

/** What a comparison of these sides cannot say, or only with a caveat: a sentence each. */
export function remarksOf(sides: readonly Side[]): string[] {
  const runs = sides.flatMap((side) => side.runs);
  const remarks = [
    ...apart("base models", runs, ({ modelName }) => modelName, "differences may come from the base models"),
    ...apart("dtypes of frozen weights", runs, ({ config }) => config.frozenDtype, "small differences may come from rounding"),
    ...apart("data", runs, ({ dataName }) => dataName, "training losses are on different rows; a benchmark uses the same rows for all"),
    ...sameNameOtherRows(runs),
    ...unique(runs).flatMap(remarkOfRun),
  ];
  const again = runs.find((run, place) => runs.indexOf(run) !== place);
  if (again !== undefined) remarks.push(`${again.name} is compared with itself: every difference is 0.`);
  else if (sides.length > 1 && sides.every((side) => sides[0] && isOfOneMethod(sides[0], side))) remarks.push(alikeWords(runs));
  return remarks;
}

/** What can tell runs of one configuration apart. */
function alikeWords(runs: readonly RunRow[]): string {
  const seeds = new Set(runs.map(({ seed }) => seed));
  if (seeds.size === runs.length) return "These runs differ only in their seed, so all differences come from the seed.";
  const isOneSeed = seeds.size === 1 && !seeds.has(null);
  return `These runs have the same settings${isOneSeed ? " and the same seed" : ""}: no difference comes from the method.`;
}

/** Whether no training changes a run's adapter any more. */
export function isMeasurable(run: Pick<RunRow, "status">): boolean {
  return hasAdapter(run);
}

function remarkOfRun(run: RunRow): string[] {
  const { name, status, step, steps, imported } = run;
  if (imported !== null)
    return [`${name} was trained elsewhere: its settings and training cost are unknown, so budgets cannot be compared.`];
  if (status === "stopped") return [`${name} was stopped at step ${step} of ${steps}.`];
  if (isMeasurable(run)) return [];
  return [`${name} is ${status} at step ${step} of ${steps}: it appears in the curves, but in no score.`];
}

function apart(what: string, runs: readonly RunRow[], of: (run: RunRow) => string, so: string): string[] {
  const values = [...new Set(runs.map(of))];
  return values.length < 2 ? [] : [`The ${what} differ (${values.join(", ")}): ${so}.`];
}

/** Data of one name whose rows changed between two trainings. */
function sameNameOtherRows(runs: readonly RunRow[]): string[] {
  const hashes = new Map<string, Set<string>>();
  for (const { dataName, provenance, config } of runs) {
    const hash = provenance["data"];
    if (hash === undefined || config.data === null) continue;
    const key = JSON.stringify([dataName, config.data, config.training?.maxTokens]);
    hashes.set(key, (hashes.get(key) ?? new Set()).add(hash));
  }
  const changed = [...hashes].find(([, some]) => some.size > 1);
  if (changed === undefined) return [];
  const [name] = JSON.parse(changed[0]) as [string];
  return [`The rows of ${name} changed between these trainings, so their losses are on different rows.`];
}

function unique(runs: readonly RunRow[]): RunRow[] {
  return [...new Set(runs)];
}
