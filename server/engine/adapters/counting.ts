import type { AdaptableModule } from "./plan-modules";
import { type AdapterModule, activationWidth } from "./settings";

/** What an adapter weighs, so that comparisons are fair. */
export type AdapterCost = {
  /** Trained numbers. */
  readonly trainableParameters: number;
  /** Of them, those that take part in one token's update: k of M latents; all of LoRA. */
  readonly activeParameters: number;
  /** In float32. */
  readonly bytes: number;
  /**
   * Of the adapter alone, forward, multiplications and additions counted apart: STAN's encoder is dense, its decoder is not; DoRA's gains, once made,
   * multiply and add W0 x.
   */
  readonly flopsPerToken: number;
};

/**
 * Floating point operations of the frozen model for one token, forward: two for each entry of its linear modules and of its head.
 * Attention over earlier tokens grows with their number and is not counted.
 */
export function baseFlopsPerToken(
  projections: readonly AdaptableModule[],
  head: { readonly dModel: number; readonly vocab: number },
): number {
  return projections.reduce((sum, { dIn, dOut }) => sum + 2 * dIn * dOut, 2 * head.dModel * head.vocab);
}

export function adapterCost(modules: readonly AdapterModule[]): AdapterCost {
  let trainableParameters = 0;
  let activeParameters = 0;
  let flopsPerToken = 0;
  for (const module of modules) {
    const { dIn, dOut, numLatents } = module;
    const width = activationWidth(module);
    const magnitudes = module.method === "lora" && module.isDora === true ? dOut : 0;
    trainableParameters += numLatents * (dIn + dOut) + magnitudes;
    activeParameters += width * (dIn + dOut) + magnitudes;
    flopsPerToken += 2 * numLatents * dIn + 2 * width * dOut + 2 * magnitudes;
  }
  return { trainableParameters, activeParameters, bytes: 4 * trainableParameters, flopsPerToken };
}
