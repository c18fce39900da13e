import { type Activations, type HostActivations, onHost, type TokenActivations, tokenOf } from "@/server/engine/methods/activations";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { type Products, productsOf } from "@/server/engine/methods/products";
import { addUpdate, updateOf } from "@/server/engine/methods/update";
import type { HookPass } from "@/server/engine/models/projection-hook";
import { fromValues } from "@/server/engine/tensor/create";
import { concat, gatherRows } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { isTapped, type PreparedArm, prepareArm, type Run, reportActivations, reportInjection } from "./arm-runs";
import { ConditionReadings } from "./condition-readings";
import { injectedNorms } from "./injected-norms";
import { replaceTokens } from "./replaced-tokens";
import {
  type EditsByToken,
  editsByCondition,
  editsByPlace,
  editToken,
  isOffForSure,
  recordConditions,
  rulingOf,
  switchedOff,
} from "./token-edits";

/**
 * One module's output for the rows of a run. Where no edit reaches a token and nobody listens, nothing leaves the device.
 *
 * @param x (tokens of the run, dIn)
 * @param base (tokens of the run, dOut)
 * @throws RangeError when an edit hangs on a module that this pass did not compute
 */
export function adaptRun(attached: AttachedModule, x: Tensor, base: Tensor, pass: HookPass, run: Run, readings: ConditionReadings): Tensor {
  const { module } = attached.module;
  const isRead = run.arms.some((arm) => isTapped(arm, module) || arm.conditionsByModule.has(module));
  const placed = editsByPlace(module, pass, run);
  if (placed.size > 0) {
    const isMeasured = run.arms.some((arm) => arm.onInjection !== undefined && arm.editsByModule.has(module));
    const isOff = placed.size === run.arms.length * pass.tokens && [...placed.values()].every(isOffForSure);
    return isOff && !isRead && !isMeasured ? base : adaptEdited(attached, x, base, pass, run, readings, placed);
  }
  const products = productsOf(pass);
  const activations = attached.read(x, products);
  if (isRead) {
    const read = onHost(activations);
    recordConditions(module, read, pass, run, readings);
    reportActivations(attached.module, read, pass, run);
  }
  return addUpdate(attached, base, updateOf(attached, activations, products));
}

/** Whether a module runs unedited in all rows of a run: no edit affects a token there and nothing observes it. */
export function isUntouched(module: string, pass: HookPass, run: Run): boolean {
  if (run.arms.some((arm) => isTapped(arm, module) || arm.conditionsByModule.has(module))) return false;
  if (!run.arms.some((arm) => arm.editsByModule.has(module))) return true;
  return editsByPlace(module, pass, run).size === 0;
}

/** As `adaptRun`, where edits reach some tokens: activations are edited on the host. */
function adaptEdited(
  attached: AttachedModule,
  x: Tensor,
  base: Tensor,
  pass: HookPass,
  run: Run,
  readings: ConditionReadings,
  placed: EditsByToken,
): Tensor {
  const { module } = attached.module;
  const products = productsOf(pass);
  const { plain, reselected } = readForEdits(attached, x, products, placed);
  const before = onHost(plain);
  recordConditions(module, before, pass, run, readings);
  const held = editsByCondition(module, placed, pass, run, readings);
  const off = new Set([...held].filter(([, edits]) => edits.off.length > 0).map(([token]) => token));
  const changed = editTokens(before, reselected(before, held), held);
  const after = changed.size === 0 ? before : replaceTokens(before, changed);
  reportActivations(attached.module, after, pass, run);
  if (run.arms.some(({ onInjection }) => onInjection !== undefined)) {
    reportInjection(attached.module, injectedNorms(attached, base, before, { changed, off }, products), pass, run);
  }
  if (off.size === before.tokens) return base;
  const output = addUpdate(attached, base, updateOf(attached, changed.size === 0 ? plain : attached.toDevice(after), products));
  return off.size > 0 ? chooseTokens(off, base, output) : output;
}

/** Activations before edits, and what TopK keeps instead where edits of the selection work. */
function readForEdits(
  attached: AttachedModule,
  x: Tensor,
  products: Products,
  placed: EditsByToken,
): { plain: Activations; reselected(before: HostActivations, held: EditsByToken): ReadonlyMap<number, TokenActivations> } {
  const isReselected = [...placed.values()].some(({ selection }) => selection.length > 0);
  const { selection } = attached;
  if (selection === undefined || !isReselected) return { plain: attached.read(x, products), reselected: () => new Map() };
  const preActivations = selection.preActivations(x, products);
  return {
    plain: selection.keep(preActivations),
    reselected: (before, held) => {
      const rulings = new Map(Array.from(held, ([token, edits]) => [token, rulingOf(edits.selection)]));
      return selection.reselect(preActivations, before, rulings);
    },
  };
}

/** The tokens at which edits work, ascending, as they are afterwards. */
function editTokens(
  before: HostActivations,
  reselected: ReadonlyMap<number, TokenActivations>,
  held: EditsByToken,
): ReadonlyMap<number, TokenActivations> {
  const changed = new Map<number, TokenActivations>();
  for (const [token, { off, activations }] of held) {
    const own = reselected.get(token) ?? tokenOf(before, token);
    changed.set(token, off.length > 0 ? switchedOff(own) : editToken(own, activations));
  }
  return changed;
}

/** Tokens that are off as the base has them, to the last bit; the others as they are adapted. */
function chooseTokens(off: ReadonlySet<number>, base: Tensor, output: Tensor): Tensor {
  const [tokens = 0] = base.shape;
  const places = Int32Array.from({ length: tokens }, (_, token) => (off.has(token) ? token : tokens + token));
  return gatherRows(concat([base, output], 0), fromValues(places, [tokens]));
}

/**
 * One module's output for the embeddings of relative positions, which all rows of a pass share. They are no tokens: no edit of a latent reaches
 * them. They run as trained, or, where the module is switched off at every token, as the base model has them.
 *
 * @param arms of all rows of the pass
 * @throws RangeError when rows want them differently, with and without the adapter or with two of them
 */
export function adaptPositions(module: string, x: Tensor, base: Tensor, pass: HookPass, arms: readonly PreparedArm[]): Tensor {
  const wanted = [...new Set(arms.map((arm) => (isOffThroughout(arm, module) ? undefined : arm.adapter)))];
  if (wanted.length > 1) {
    throw new RangeError(
      `rows of one pass share the relative positions that ${module} reads: arms with and without its update need separate passes`,
    );
  }
  const adapter = wanted[0];
  const attached = adapter?.at(module);
  if (adapter === undefined || attached === undefined) return base;
  const run = { from: 0, to: pass.rows, adapter, arms: Array.from({ length: pass.rows }, () => prepareArm({ adapter })) };
  return adaptRun(attached, x, base, pass, run, new ConditionReadings());
}

/** Whether no token that an encoder reads has the module's update; of its tokens, all are prompt. */
function isOffThroughout({ editsByModule }: PreparedArm, module: string): boolean {
  const off = editsByModule.get(module)?.off ?? [];
  return off.some(
    ({ scope, skipsSpecialTokens, onlyIf }) => (scope === "all" || scope === "prompt") && !skipsSpecialTokens && onlyIf === undefined,
  );
}
