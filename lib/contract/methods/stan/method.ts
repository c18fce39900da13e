import { countLatents, matricesCost } from "@/lib/contract/methods/count";
import type { Counted, LatentMethod, ModuleShape, ModuleSizes } from "@/lib/contract/methods/method";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import { stanBaking } from "./baking";
import { type StanConfigFile, stanPeft } from "./peft-file";
import { type StanConfig, stanModuleSizes } from "./settings";
import type { StanTensors } from "./tensors";

/** h = W0 x + (alpha / k) · D TopK(E x) */
export const stan = {
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
  sparsityOf: ({ numLatents, k }) => ({ numLatents, k }),
  patternsOf: ({ latentsPattern, kPattern }) => ({ numLatents: latentsPattern, k: kPattern }),
  problemOf: ({ k, numLatents }) =>
    k <= numLatents
      ? null
      : { field: "k", message: `A token cannot keep ${k} latents of ${numLatents}: choose k of at most ${numLatents}.` },
  settingNames: {
    numLatents: "Latents M",
    k: "Latents kept per token, k",
    alpha: "alpha",
    selection: "Selection",
    init: "Initialisation",
  },
  settingNotes: {
    numLatents: "Width of the sparse layer.",
    k: "Latents kept a token.",
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
      ["Method", "STAN: `h = W0 x + b0 + (alpha / k) · D · TopK_k(E x)`"],
      ["Latents per module", formatInteger(adapter.numLatents)],
      ["Kept per token, k", formatInteger(adapter.k)],
      ["alpha", formatSetting(adapter.alpha)],
      ["Selection", adapter.selection],
    ],
    merging: "Which latents are kept depends on the input, so the adapter **cannot be merged** into the base weights.",
    imports: ["import stanscope_peft  # registers STAN with PEFT"],
    installation: "PEFT does not include STAN: `pip install ./python/stanscope_peft` in a clone of Stanscope adds it.",
  },
} satisfies LatentMethod<StanConfig, StanConfigFile, StanTensors>;

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
  return `${sizesOf(adapter)}${adapter.selection === "signed" ? "" : ` ${adapter.selection}`}`;
}
