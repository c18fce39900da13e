import type { HookPass } from "@/server/engine/models/projection-hook";
import { loraStep, type RowRange, stanStep } from "@/server/engine/tensor/adapter-step";
import { concat, slice } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { AttachedModule } from "./adapter";
import { isTapped, type Run } from "./arm-runs";
import { type AttachedLora, loraDecoder, rescaledBase } from "./attached-lora";
import { editsByPlace } from "./edits-by-token";
import { read } from "./module-products";
import { activationWidth } from "./settings";

/** Whether a module runs unedited in all rows of a run: no edit affects a token there and nothing observes it. */
export function isUntouched(module: string, pass: HookPass, run: Run): boolean {
  if (run.arms.some((arm) => isTapped(arm, module) || arm.conditionsByModule.has(module))) return false;
  return editsByPlace(module, pass, run).size === 0;
}

/**
 * One token a row by one operation, to the last bit what `adaptRun` gives for the rows of a run that is untouched; the other rows as they are.
 *
 * @param x (rows, dIn), of all rows of the step; base (rows, dOut)
 */
export function adaptStep(
  attached: AttachedModule,
  x: Tensor,
  base: Tensor,
  { adapterDtype = "float32" }: HookPass,
  rows: RowRange,
): Tensor {
  if (attached.method === "lora") {
    const { module, parameters } = attached;
    const weights = { A: read(parameters.A, adapterDtype), B: loraDecoder(attached), scaling: module.scaling };
    return loraStep(x, rescaledRows(attached, base, rows), weights, rows);
  }
  const { module, parameters } = attached;
  const { scaling, selection } = module;
  const weights = { E: read(parameters.E, adapterDtype), D: parameters.D.read(), k: activationWidth(module), scaling, selection };
  return stanStep(x, base, weights, rows);
}

/** DoRA's rescaling of the base in some rows, the others as they are. */
function rescaledRows(attached: AttachedLora, base: Tensor, { from, to }: RowRange): Tensor {
  const [rows = 0, dOut = 0] = base.shape;
  if (attached.dora === undefined || (from === 0 && to === rows)) return rescaledBase(attached, base);
  const cut = (begin: number, end: number) => (begin === end ? [] : [slice(base, [begin, 0], [end - begin, dOut])]);
  return concat([...cut(0, from), ...cut(from, to).map((own) => rescaledBase(attached, own)), ...cut(to, rows)], 0);
}
