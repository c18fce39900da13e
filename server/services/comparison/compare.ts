import type { ComparedRun, ComparedSide, Comparison, ComparisonQuery } from "@/lib/contract/comparison";
import { methodOf } from "@/lib/contract/methods/methods";
import { taskOf } from "@/lib/contract/tasks/tasks";
import { type PlacedEvaluation, readPlacedEvaluations } from "@/server/db/runs/compared-runs";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { remarksOf } from "./remarks";
import { differingSettings, settingsKey } from "./settings";
import { readSides, type Side } from "./sides";

/** Runs side by side: what differs in their configuration, what they cost, their curves, and what cannot be compared. */
export async function compareRuns(context: ServiceContext, { runs }: ComparisonQuery): Promise<Comparison> {
  const sides = await readSides(context, runs);
  const ids = [...new Set(sides.flatMap((side) => side.runs.map(({ id }) => id)))];
  const evaluations = await readPlacedEvaluations(context.store.db, ids);
  const rateGroups = groupsOf(sides, ["training.learningRate"]);
  const shapeGroups = groupsOf(sides, ["adapter.numLatents", "adapter.k"]);
  const domainGroups = groupsOf(sides, ["data.domains", "training.learningRate"]);
  return {
    sides: sides.map((side, place) => ({
      ...sideOf(side, evaluations),
      rateGroup: rateGroups[place] ?? place,
      shapeGroup: shapeGroups[place] ?? place,
      domainGroup: domainGroups[place] ?? place,
    })),
    ...differingSettings(sides.map(({ settings }) => settings)),
    remarks: remarksOf(sides),
  };
}

function sideOf(
  { name, first, runs }: Side,
  evaluations: ReadonlyMap<string, readonly PlacedEvaluation[]>,
): Omit<ComparedSide, "rateGroup" | "shapeGroup" | "domainGroup"> {
  const { adapter, training, data } = first.config;
  const sparsity = methodOf(adapter).sparsityOf(adapter);
  return {
    name,
    method: first.method,
    runs: runs.map((run) => runOf(run, evaluations.get(run.id) ?? [])),
    task: taskOf(first.config).kind,
    learningRate: training?.learningRate ?? null,
    numLatents: sparsity?.numLatents ?? null,
    k: sparsity?.k ?? null,
    domains: data?.kind === "dataSet" ? data.domains : null,
  };
}

function runOf({ id, name, seed, status, step, steps, cost }: RunRow, evaluations: readonly PlacedEvaluation[]): ComparedRun {
  const curve = evaluations.map((evaluation) => ({
    ...evaluation,
    flops: evaluation.tokens === null || cost === null ? null : evaluation.tokens * cost.flopsPerToken,
  }));
  return { id, name, seed, status, step, steps, cost, curve };
}

/** Of each side a number that those share which were told the same but for these settings. */
function groupsOf(sides: readonly Side[], without: readonly string[]): number[] {
  const keys = sides.map(({ first, settings }) => (first.imported === null ? settingsKey(settings, without) : first.id));
  return keys.map((key) => keys.indexOf(key));
}
