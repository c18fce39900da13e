import { type AdapterModule, activationWidth } from "./settings";

/** What an adapter weighs, so that comparisons are fair. */
export type AdapterCost = {
  /** Trained numbers. */
  readonly trainableParameters: number;
  /** Of them, those that take part in one token's update: k of M latents; all of LoRA. */
  readonly activeParameters: number;
  /** In float32. */
  readonly bytes: number;
  /** Of the adapter alone, forward, multiplications and additions counted apart: STAN's encoder is dense, its decoder is not. */
  readonly flopsPerToken: number;
};

export function adapterCost(modules: readonly AdapterModule[]): AdapterCost {
  let trainableParameters = 0;
  let activeParameters = 0;
  let flopsPerToken = 0;
  for (const module of modules) {
    const { dIn, dOut, numLatents } = module;
    const width = activationWidth(module);
    trainableParameters += numLatents * (dIn + dOut);
    activeParameters += width * (dIn + dOut);
    flopsPerToken += 2 * numLatents * dIn + 2 * width * dOut;
  }
  return { trainableParameters, activeParameters, bytes: 4 * trainableParameters, flopsPerToken };
}
