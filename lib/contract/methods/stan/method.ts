import { countLatents, matricesCost } from "@/lib/contract/methods/count";
import type { Counted, LatentMethod, ModuleShape, ModuleSizes } from "@/lib/contract/methods/method";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import { stanBaking } from "./baking";
import { type StanConfigFile, stanFile, stanPeft } from "./peft-file";
import { isBatchTopK, type StanConfig, stanConfig, stanModuleSizes, thresholdDecay } from "./settings";
import type { StanTensors } from "./tensors";

/** h = W0 x + (alpha / k) · D TopK(E x) */
export const stan = {
  settings: stanConfig,
  file: stanFile,
  label: "STAN",
  mark: "circle",
  colour: { light: "#922fa1", dark: "#dd8fe9" },
  longName: "STAN",
  noun: "latent",
  longNoun: "latent",
  nameOf: () => "STAN",
  describe: (adapter) => `STAN ${settingOf(adapter)}`,
  settingOf,
  runNameOf: (adapter) => `STAN ${sizesOf(adapter)}`,
  targetsOf: ({ targets }) => targets,
  count(adapter, model) {
    const { targets, latentsPattern, kPattern } = adapter;
    return countLatents({ targets, costOf: (module) => moduleCost(adapter, module), patterns: [latentsPattern, kPattern] }, model);
  },
  /** Indices, values and what a gradient passes through. */
  keptNumbers: (adapter, { module }) => 3 * moduleSizes(adapter, module).activeWidth,
  sparsityOf: ({ numLatents, k, sparsity }) => ({ numLatents, k, isMean: isBatchTopK({ sparsity }) }),
  patternsOf: ({ latentsPattern, kPattern }) => ({ numLatents: latentsPattern, k: kPattern }),
  problemOf({ k, numLatents, sparsity }) {
    if (k > numLatents)
      return { field: "k", message: `A token cannot keep ${k} latents of ${numLatents}: choose k of at most ${numLatents}.` };
    if (k === numLatents && isBatchTopK({ sparsity }))
      return { field: "sparsity", message: `With k = M = ${k} a batch keeps all latents: choose a lower k, or TopK.` };
    return null;
  },
  settingNames: {
    numLatents: "Latents M",
    k: "Latents kept per token, k",
    alpha: "alpha",
    selection: "Selection",
    init: "Initialisation",
    sparsity: "Sparsity",
  },
  settingNotes: {
    numLatents: "Width of the sparse layer.",
    k: "Latents kept per token; with batchtopk on average.",
    sparsity:
      "topk: k latents at each token (also when absent). batchtopk: the k · n largest over the n tokens of a micro-batch in training, and those above a stored threshold in inference.",
    latentsPattern:
      "Widths of single modules, by regular expression (RE2 syntax) for the end of their names; the first that matches counts.",
    kPattern: "The same for k.",
  },
  // The paper prints alpha = 1, neither bias nor activation function, and leaves all else open.
  choices: [
    { key: "alpha", value: 1, by: "paper" },
    { key: "selection", value: "signed", by: "default" },
    { key: "init", value: "zero", by: "default" },
  ],
  /** Frozen weights get no gradient. */
  stepOverForward: 2,
  isSignArbitrary: false,
  isDense: false,
  hasTopK: true,
  moduleSizes,
  moduleCost,
  decoder: ({ D }) => D,
  turnedSize(adapter, count) {
    const { numLatents, k } = adapter;
    if (count !== "activeParameters")
      return {
        setting: "numLatents",
        name: "number of latents",
        value: numLatents,
        most: Number.POSITIVE_INFINITY,
        withValue: (value) => ({ ...adapter, numLatents: value, k: Math.min(k, value) }),
      };
    return {
      setting: "k",
      name: "k",
      value: Math.min(k, numLatents),
      most: numLatents,
      // k + 1 of M latents must still be possible where the slope is taken.
      withValue: (value) => ({ ...adapter, k: value, numLatents: Math.max(numLatents, value) }),
    };
  },
  baking: stanBaking,
  bakedForm: () => "stan" as const,
  peft: stanPeft,
  card: {
    rows: (adapter) => [
      ...(isBatchTopK(adapter)
        ? ([
            [
              "Method",
              "STAN with BatchTopK: `h = W0 x + b0 + (alpha / k) · D · a`, with `a = z` for each latent `z` of `E x` above a threshold",
            ],
            [
              "Threshold",
              `one per module, in the weights: a moving average (decay ${thresholdDecay}) of the smallest of the k · n values kept over the n tokens of a training batch`,
            ],
          ] as const)
        : ([["Method", "STAN: `h = W0 x + b0 + (alpha / k) · D · TopK_k(E x)`"]] as const)),
      ...(adapter.partsPattern === undefined
        ? []
        : [["Parts", "merged from several adapters: TopK selects in each part apart, see `parts_pattern`"] as const]),
      ["Latents per module", formatInteger(adapter.numLatents)],
      [isBatchTopK(adapter) ? "Kept per token on average, k" : "Kept per token, k", formatInteger(adapter.k)],
      ["alpha", formatSetting(adapter.alpha)],
      ["Selection", adapter.selection],
    ],
    merging: "Which latents are kept depends on the input, so the adapter **cannot be merged** into the base weights.",
    imports: ["import stanscope_peft  # registers STAN with PEFT"],
    installation: "PEFT does not include STAN: `pip install ./python/stanscope_peft` in a clone of Stanscope adds it.",
  },
} satisfies LatentMethod<StanConfig, StanConfigFile, StanTensors, "stan">;

function moduleSizes(settings: Omit<StanConfig, "targets">, module: string): ModuleSizes {
  const { numLatents, k, scaling } = stanModuleSizes(settings, module);
  return { width: numLatents, activeWidth: Math.min(k, numLatents), scaling };
}

function moduleCost(settings: Omit<StanConfig, "targets">, module: ModuleShape): Counted {
  return matricesCost(moduleSizes(settings, module.module), module);
}

function sizesOf({ numLatents, k }: StanConfig): string {
  return `M=${numLatents} k=${k}`;
}

function settingOf(adapter: StanConfig): string {
  const { selection } = adapter;
  return `${sizesOf(adapter)}${isBatchTopK(adapter) ? " batchtopk" : ""}${selection === "signed" ? "" : ` ${selection}`}`;
}
