import type { Edit } from "@/lib/contract/edit";
import type { Adaptation, HookPass, ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { add, square, subtract, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { concat, slice } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Adapter, AttachedModule } from "./adapter";
import {
  demandModules,
  editsOf,
  editToken,
  type HostActivations,
  isEditedAt,
  isOffAt,
  joinTokens,
  type ModuleEdits,
  maskedAt,
  type TokenActivations,
  type TokenPlace,
  tokenOf,
} from "./edits";
import { readComponents, writeComponents } from "./lora";
import { candidateWidth, keepUnmasked } from "./masking";
import type { Parameter } from "./parameter";
import type { AdapterModule } from "./settings";
import { candidateLatents, keepLatents, writeLatents } from "./stan";

/** Called for each pass of a module with the activations of an arm's tokens, after its edits; (rows · tokens) of them. */
export type ActivationTap = (module: AdapterModule, activations: HostActivations) => void;

/** Called for each pass of an edited module with ‖edited update − adapter's update‖ / ‖W0 x + b0‖ of each token. */
export type InjectionTap = (module: AdapterModule, injectedNorms: Float32Array) => void;

/** What one sequence of a pass runs with: the base model alone, an adapter, an adapter with edits. */
export type Arm = {
  readonly adapter?: Adapter | undefined;
  readonly edits?: readonly Edit[] | undefined;
  readonly onActivations?: ActivationTap | undefined;
  readonly onInjection?: InjectionTap | undefined;
};

/** Neighbouring rows with one adapter run together, so that its matrices are read once. */
type Run = { readonly from: number; readonly to: number; readonly adapter: Adapter; readonly arms: readonly PreparedArm[] };

type PreparedArm = Arm & { readonly editsByModule: ReadonlyMap<string, ModuleEdits> };

/** Hooks that give every row of a pass the same arm. @throws RangeError when an edit names what the adapter has not */
export function adapterHooks(adapter: Adapter, options: Omit<Arm, "adapter"> = {}): ProjectionHooks {
  const arm = prepare({ ...options, adapter });
  return hooksOf([adapter], (rows) => [{ from: 0, to: rows, adapter, arms: new Array<PreparedArm>(rows).fill(arm) }]);
}

/**
 * Hooks for passes whose row i runs as arm i: one forward pass of the base model serves them all.
 *
 * @throws RangeError when an edit names a module or latent that its adapter has not; from a pass, when it has other rows
 */
export function armHooks(arms: readonly Arm[]): ProjectionHooks {
  const prepared = arms.map(prepare);
  const runs = joinRuns(prepared);
  const adapters = [...new Set(runs.map(({ adapter }) => adapter))];
  return hooksOf(adapters, (rows) => {
    if (rows !== arms.length) throw new RangeError(`a pass of ${rows} rows runs with ${arms.length} arms`);
    return runs;
  });
}

function prepare(arm: Arm): PreparedArm {
  const { adapter, edits = [] } = arm;
  const editsByModule = new Map<string, ModuleEdits>();
  if (adapter === undefined) return { ...arm, editsByModule };
  demandModules(edits, adapter.modules);
  for (const module of adapter.modules) {
    const own = editsOf(edits, module);
    if (own !== undefined) editsByModule.set(module.module, own);
  }
  return { ...arm, editsByModule };
}

function joinRuns(arms: readonly PreparedArm[]): Run[] {
  const runs: { from: number; to: number; adapter: Adapter; arms: PreparedArm[] }[] = [];
  arms.forEach((arm, row) => {
    const last = runs.at(-1);
    if (arm.adapter === undefined) return;
    if (last !== undefined && last.to === row && last.adapter === arm.adapter) {
      last.to++;
      last.arms.push(arm);
    } else runs.push({ from: row, to: row + 1, adapter: arm.adapter, arms: [arm] });
  });
  return runs;
}

function hooksOf(adapters: readonly Adapter[], runsOf: (rows: number) => readonly Run[]): ProjectionHooks {
  const names = new Set(adapters.flatMap(({ modules }) => modules.map(({ module }) => module)));
  const hookOf = (module: string): ProjectionHook => ({
    forward: (x, base, pass): Adaptation => ({
      output: tidy(() => forward(module, x, base, pass, runsOf(pass.rows))),
      saved: undefined,
      backward: refuse,
    }),
  });
  const hooks = new Map([...names].map((module) => [module, hookOf(module)]));
  return { at: (module) => hooks.get(module) };
}

function refuse(): never {
  throw new Error("hooks for running an adapter cannot go backward; train with its trainingHooks");
}

function forward(module: string, x: Tensor, base: Tensor, pass: HookPass, runs: readonly Run[]): Tensor {
  const [only] = runs;
  if (runs.length === 1 && only !== undefined && only.to - only.from === pass.rows) return runTogether(module, x, base, pass, only);
  const parts: Tensor[] = [];
  let row = 0;
  const rowsOf = (tensor: Tensor, from: number, to: number) =>
    slice(tensor, [from * pass.tokens, 0], [(to - from) * pass.tokens, tensor.shape[1] ?? 0]);
  for (const run of runs) {
    if (run.from > row) parts.push(rowsOf(base, row, run.from));
    parts.push(runTogether(module, rowsOf(x, run.from, run.to), rowsOf(base, run.from, run.to), pass, run));
    row = run.to;
  }
  if (row < pass.rows) parts.push(rowsOf(base, row, pass.rows));
  return concat(parts, 0);
}

/** x and base hold the run's rows alone. */
function runTogether(module: string, x: Tensor, base: Tensor, pass: HookPass, run: Run): Tensor {
  const attached = run.adapter.at(module);
  if (attached === undefined) return base;
  const isWatched = run.arms.some(({ onActivations, onInjection }) => onActivations !== undefined || onInjection !== undefined);
  const places = placesOf(pass, run);
  const editsAt = (token: number) => run.arms[Math.floor(token / pass.tokens)]?.editsByModule.get(module);
  const isOff = places.every((place, token) => {
    const edits = editsAt(token);
    return edits !== undefined && isOffAt(edits, place);
  });
  if (isOff && !isWatched) return base;
  const isEdited = places.some((place, token) => {
    const edits = editsAt(token);
    return edits !== undefined && isEditedAt(edits, place);
  });
  const plain = readActivations(attached, x, pass.adapterDtype ?? "float32");
  if (!isEdited && !isWatched) return add(base, write(attached, plain));
  const before = onHost(attached, plain);
  if (!isEdited) {
    report(attached.module, before, pass, run);
    return add(base, write(attached, plain));
  }
  const selected = selectUnmasked(attached, x, pass, places, editsAt);
  const tokens = places.map((place, token) => {
    const own = selected.get(token) ?? tokenOf(before, token);
    const edits = editsAt(token);
    return edits === undefined ? own : editToken(own, edits, place);
  });
  const edited = joinTokens(tokens);
  report(attached.module, edited, pass, run);
  const update = write(attached, onDevice(attached, edited));
  if (run.arms.some(({ onInjection }) => onInjection !== undefined)) {
    reportInjection(attached.module, subtract(update, write(attached, plain)), base, pass, run);
  }
  return isOff ? base : add(base, update);
}

/** What TopK keeps of the tokens where latents are masked before it, by the token's place in the run. */
function selectUnmasked(
  attached: AttachedModule,
  x: Tensor,
  pass: HookPass,
  places: readonly TokenPlace[],
  editsAt: (token: number) => ModuleEdits | undefined,
): ReadonlyMap<number, TokenActivations> {
  const selected = new Map<number, TokenActivations>();
  if (attached.method !== "stan") return selected;
  const masked = new Map<number, ReadonlySet<number>>();
  places.forEach((place, token) => {
    const own = maskedAt(editsAt(token), place);
    if (own.size > 0) masked.set(token, own);
  });
  if (masked.size === 0) return selected;
  const { module, parameters } = attached;
  const most = Array.from(masked.values()).reduce((most, { size }) => Math.max(most, size), 0);
  const E = read(parameters.E, pass.adapterDtype ?? "float32");
  const candidates = onHost(attached, candidateLatents(module, E, x, candidateWidth(module, most)));
  for (const [token, own] of masked) selected.set(token, keepUnmasked(module, tokenOf(candidates, token), own));
  return selected;
}

/** Where the run's tokens stand, (rows of the run · tokens). */
function placesOf({ tokens, positions, promptLengths }: HookPass, { from, to }: Run): TokenPlace[] {
  return Array.from(positions.subarray(from * tokens, to * tokens), (position, i) => ({
    position,
    promptLength: promptLengths[from + Math.floor(i / tokens)] ?? 0,
  }));
}

/** Calls each arm's tap with the activations of its neighbouring rows. */
function report(module: AdapterModule, activations: HostActivations, pass: HookPass, { arms }: Run): void {
  forEachArm(arms, pass, ({ onActivations }, from, to) => {
    const { width } = activations;
    const cut = <T extends Int32Array | Float32Array>(values: T): T => values.subarray(from * width, to * width) as T;
    onActivations?.(module, { tokens: to - from, width, indices: cut(activations.indices), values: cut(activations.values) });
  });
}

function reportInjection(module: AdapterModule, change: Tensor, base: Tensor, pass: HookPass, { arms }: Run): void {
  const squares = (x: Tensor) => readFloats(sumLast(square(x)));
  const changed = squares(change);
  const frozen = squares(base);
  const norms = changed.map((value, token) => Math.sqrt(value / (frozen[token] as number)));
  forEachArm(arms, pass, (arm, from, to) => {
    if (arm.editsByModule.has(module.module)) arm.onInjection?.(module, norms.subarray(from, to));
  });
}

/** Neighbouring rows of one arm at a time, by their tokens within the run. */
function forEachArm(arms: readonly PreparedArm[], { tokens }: HookPass, visit: (arm: PreparedArm, from: number, to: number) => void): void {
  let from = 0;
  arms.forEach((arm, row) => {
    if (arms[row + 1] === arm) return;
    visit(arm, from * tokens, (row + 1) * tokens);
    from = row + 1;
  });
}

/** Activations on the device: STAN's kept latents, or all components of LoRA with `indices` undefined. */
type Activations = { readonly indices: Tensor | undefined; readonly values: Tensor };

function readActivations(attached: AttachedModule, x: Tensor, dtype: FrozenDtype): Activations {
  if (attached.method === "stan") return keepLatents(attached.module, read(attached.parameters.E, dtype), x);
  return { indices: undefined, values: readComponents(read(attached.parameters.A, dtype), x) };
}

function read(parameter: Parameter, dtype: FrozenDtype): Tensor {
  return dtype === "bfloat16" ? parameter.readRounded() : parameter.read();
}

function write(attached: AttachedModule, { indices, values }: Activations): Tensor {
  if (attached.method === "lora") return writeComponents(attached.module, attached.parameters.B.read(), values);
  if (indices === undefined) throw new Error(`${attached.module.module}: kept latents without indices`);
  return writeLatents(attached.module, attached.parameters.D.read(), { indices, values });
}

function onHost({ module }: AttachedModule, { indices, values }: Activations): HostActivations {
  const [tokens = 0, width = 0] = values.shape;
  const held =
    indices === undefined ? Int32Array.from({ length: tokens * module.numLatents }, (_, i) => i % module.numLatents) : readInts(indices);
  return { tokens, width, indices: held, values: readFloats(values) };
}

function onDevice({ method }: AttachedModule, { tokens, width, indices, values }: HostActivations): Activations {
  const shape = [tokens, width];
  return { indices: method === "lora" ? undefined : fromValues(indices, shape), values: fromValues(values, shape) };
}
