import type { Adaptation, HookPass, ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { concat, slice } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { StepUpdate } from "@/server/engine/tensor/step-updates";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Arm, joinRuns, type PreparedArm, prepareArm, type Run } from "./arm-runs";
import { ConditionReadings } from "./condition-readings";
import { adaptPositions, adaptRun, isUntouched } from "./edited-module";
import { ownWeights } from "./own-weights";
import type { Trained } from "./trained";

export type { Arm } from "./arm-runs";

/** Hooks that give every row of a pass the same arm. @throws RangeError as `demandEdits` */
export function adapterHooks(trained: Trained, options: Omit<Arm, "adapter"> = {}): ProjectionHooks {
  const arm = prepareArm({ ...options, adapter: trained });
  const { adapter } = arm;
  if (adapter === undefined) return trained.trainingHooks();
  let known: { rows: number; runs: readonly Run[] } = { rows: 0, runs: [] };
  return hooksOf([arm], ({ rows }) => {
    if (known.rows !== rows) known = { rows, runs: [{ from: 0, to: rows, adapter, arms: new Array<PreparedArm>(rows).fill(arm) }] };
    return known.runs;
  });
}

/**
 * Hooks for passes whose row i runs as arm i: one forward pass of the base model serves them all.
 *
 * @throws RangeError as `demandEdits`; from a pass, when it has other rows, an edit hangs on a module that it did not compute, or rows that share
 *   relative positions want them differently
 */
export function armHooks(arms: readonly Arm[]): ProjectionHooks {
  const prepared = arms.map(prepareArm);
  const runs = joinRuns(prepared);
  return hooksOf(prepared, ({ rows, reads, texts }) => {
    if (reads === "images" && texts !== undefined) return joinRuns(armsOfImages(prepared, texts));
    if (rows !== arms.length) throw new RangeError(`a pass of ${rows} rows runs with ${arms.length} arms`);
    return runs;
  });
}

/** An image runs as the arm of its row. */
function armsOfImages(arms: readonly PreparedArm[], rows: Int32Array): PreparedArm[] {
  return Array.from(rows, (row) => {
    const arm = arms[row];
    if (arm === undefined) throw new RangeError(`an image is of row ${row} of a pass, which runs with ${arms.length} arms`);
    return arm;
  });
}

/** Lays arms out for a pass. */
type RunsOf = (pass: Pick<HookPass, "rows" | "reads" | "texts">) => readonly Run[];

/** @param arms of all rows */
function hooksOf(arms: readonly PreparedArm[], runsOf: RunsOf): ProjectionHooks {
  const adapters = new Set(arms.flatMap(({ adapter }) => adapter ?? []));
  const weights = new Set(arms.flatMap((arm) => arm.weights ?? []));
  const names = new Set([...adapters, ...weights].flatMap(({ modules }) => modules.map(({ module }) => module)));
  const readings = new ConditionReadings();
  const rowsOf = ({ texts }: HookPass) => (texts === undefined || arms.length === 1 ? arms : armsOfImages(arms, texts));
  const hookOf = (module: string): ProjectionHook => ({
    forward: (x, base, pass): Adaptation => ({
      output: tidy(() => {
        const below = weights.size === 0 ? base : ownWeights(module, x, base, pass, rowsOf(pass));
        return pass.reads === "relativePositions"
          ? adaptPositions(module, x, below, pass, arms)
          : adaptRows(module, x, below, pass, runsOf(pass), readings);
      }),
      saved: undefined,
      backward: refuse,
    }),
    inStep: weights.size === 0 ? updatesInStep(module, runsOf) : () => undefined,
  });
  const hooks = new Map([...names].map((module) => [module, hookOf(module)]));
  return { at: (module) => hooks.get(module) };
}

function refuse(): never {
  throw new Error("hooks for running an adapter cannot go backward; train with its trainingHooks");
}

/** The rows of each run with its adapter, and those between as the base model has them. */
function adaptRows(module: string, x: Tensor, base: Tensor, pass: HookPass, runs: readonly Run[], readings: ConditionReadings): Tensor {
  if (pass.tokens === 1 && runs.every((run) => isUntouched(module, pass, run))) return stepRows(module, x, base, pass, runs);
  const parts: Tensor[] = [];
  let row = 0;
  for (const run of runs) {
    const attached = run.adapter.at(module);
    if (attached === undefined) continue;
    if (run.to - run.from === pass.rows) return adaptRun(attached, x, base, pass, run, readings);
    if (run.from > row) parts.push(rowsBetween(base, pass, row, run.from));
    const [ownX, ownBase] = [rowsBetween(x, pass, run.from, run.to), rowsBetween(base, pass, run.from, run.to)];
    parts.push(adaptRun(attached, ownX, ownBase, pass, run, readings));
    row = run.to;
  }
  if (row < pass.rows) parts.push(rowsBetween(base, pass, row, pass.rows));
  return concat(parts, 0);
}

function stepRows(module: string, x: Tensor, base: Tensor, pass: HookPass, runs: readonly Run[]): Tensor {
  return runs.reduce((output, run) => {
    const attached = run.adapter.at(module);
    return attached === undefined ? output : attached.step(x, output, pass.adapterDtype ?? "float32", run);
  }, base);
}

/**
 * What the runs add to a module's output in a step; undefined where an edit reaches it, somebody listens or a method has no such form. It is the list of
 * the step before where the updates are the same: what is made of it for a kernel is kept beside it.
 */
function updatesInStep(module: string, runsOf: RunsOf): NonNullable<ProjectionHook["inStep"]> {
  let known: readonly StepUpdate[] = [];
  return (pass) => {
    if (pass.tokens !== 1) return undefined;
    let updates: StepUpdate[] | undefined;
    let count = 0;
    for (const run of runsOf(pass)) {
      const attached = run.adapter.at(module);
      if (attached === undefined) continue;
      if (attached.stepWeights === undefined || !isUntouched(module, pass, run)) return undefined;
      const weights = attached.stepWeights(pass.adapterDtype ?? "float32");
      const before = known[count];
      if (before?.weights !== weights || before.range !== run) updates ??= known.slice(0, count);
      updates?.push({ weights, range: run });
      count++;
    }
    if (updates !== undefined) known = updates;
    else if (count < known.length) known = known.slice(0, count);
    return known;
  };
}

function rowsBetween(tensor: Tensor, { tokens }: HookPass, from: number, to: number): Tensor {
  return slice(tensor, [from * tokens, 0], [(to - from) * tokens, tensor.shape[1] ?? 0]);
}
