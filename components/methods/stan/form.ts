import { z } from "zod";
import { isEmpty, patternField } from "@/components/methods/fields/pattern-list";
import { isBatchTopK, type StanConfig, stanConfig } from "@/lib/contract/methods/stan/settings";

/** Fields of STAN in the form of a new run. */
export const stanFields = {
  numLatents: z.number(),
  k: z.number(),
  stanAlpha: z.number(),
  selection: stanConfig.shape.selection.unwrap(),
  init: stanConfig.shape.init.unwrap(),
  sparsity: stanConfig.shape.sparsity.unwrap(),
  /** Sizes that single modules have of their own; empty where all have the same. */
  latentsPattern: patternField,
  kPattern: patternField,
};
export type StanFields = z.infer<z.ZodObject<typeof stanFields>>;

/** Our defaults: the paper leaves width, k and initialisation open. */
export function newStanFields({ isLarge }: { readonly isLarge: boolean }): StanFields {
  return {
    numLatents: isLarge ? 1024 : 256,
    k: isLarge ? 32 : 16,
    stanAlpha: 1,
    selection: "signed",
    init: "zero",
    sparsity: "topk",
    latentsPattern: {},
    kPattern: {},
  };
}

export function stanOf(form: StanFields & Pick<StanConfig["targets"], "modules" | "layers">): StanConfig {
  return {
    method: "stan",
    numLatents: form.numLatents,
    k: form.k,
    alpha: form.stanAlpha,
    selection: form.selection,
    init: form.init,
    ...(isBatchTopK(form) ? { sparsity: form.sparsity } : {}),
    ...(isEmpty(form.latentsPattern) ? {} : { latentsPattern: { ...form.latentsPattern } }),
    ...(isEmpty(form.kPattern) ? {} : { kPattern: { ...form.kPattern } }),
    targets: { modules: form.modules, layers: form.layers },
  };
}

export function stanFieldsOf(adapter: StanConfig): StanFields {
  const { numLatents, k, alpha, selection, init, sparsity = "topk", latentsPattern = {}, kPattern = {} } = adapter;
  return { numLatents, k, stanAlpha: alpha, selection, init, sparsity, latentsPattern, kPattern };
}
