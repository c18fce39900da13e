import { countLatents, matricesCost } from "@/lib/contract/methods/count";
import type { Counted, LatentMethod, ModuleShape, ModuleSizes } from "@/lib/contract/methods/method";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import { loraBaking } from "./baking";
import { type LoraConfigFile, loraFile, loraPeft } from "./peft-file";
import { type LoraConfig, loraConfig, loraModuleSizes, loraRank } from "./settings";
import type { LoraTensors } from "./tensors";

/** h = W0 x + scaling · B A x, and DoRA, which also trains the magnitude of each output. */
export const lora = {
  settings: loraConfig,
  file: loraFile,
  label: "LoRA",
  mark: "square",
  colour: { light: "#0d7a58", dark: "#5bc99e" },
  longName: "LoRA",
  noun: "component",
  longNoun: "rank component",
  nameOf,
  describe: (adapter) => `${adapter.useRslora === true && adapter.useDora !== true ? "rsLoRA" : nameOf(adapter)} ${sizesOf(adapter)}`,
  settingOf: (adapter) => `${adapter.useDora === true ? "DoRA " : ""}${sizesOf(adapter)}`,
  runNameOf: (adapter) => `${nameOf(adapter)} r=${adapter.rank}`,
  targetsOf: ({ targets }) => targets,
  count(adapter, model) {
    const { targets, rankPattern } = adapter;
    return countLatents({ targets, costOf: (module) => moduleCost(adapter, module), patterns: [rankPattern] }, model);
  },
  keptNumbers: (adapter, { module, dIn, dOut }) =>
    moduleSizes(adapter, module).width + (adapter.useDora === true ? dOut : 0) + ((adapter.dropout ?? 0) > 0 ? dIn : 0),
  sparsityOf: () => null,
  patternsOf: ({ rankPattern, alphaPattern }) => ({ rank: rankPattern, alpha: alphaPattern }),
  problemOf: () => null,
  settingNames: { rank: "Rank", alpha: "alpha", useDora: "DoRA", useRslora: "rsLoRA", dropout: "Dropout" },
  settingNotes: {
    alpha: "scaling = alpha / rank.",
    useRslora: "scaling = alpha / √rank.",
    dropout: "Share of the entries of A's input that training sets to 0.",
    useDora: "Train each output's magnitude separately from its direction.",
    rankPattern: "Ranks of single modules, as PEFT's rank_pattern.",
    alphaPattern: "The same for alpha.",
  },
  choices: [],
  /** Frozen weights get no gradient. */
  stepOverForward: 2,
  // Row i of A and column i of B, both times −1, write the same update.
  isSignArbitrary: true,
  isDense: true,
  hasTopK: false,
  moduleSizes,
  moduleCost,
  decoder: ({ B }) => B,
  turnedSize: (adapter) => ({
    setting: "rank",
    name: "rank",
    value: adapter.rank,
    most: Number.POSITIVE_INFINITY,
    withValue: (rank) => ({ ...adapter, rank }),
  }),
  baking: loraBaking,
  bakedForm: ({ useDora }) => (useDora === true ? ("dora" as const) : ("lora" as const)),
  peft: loraPeft,
  card: {
    rows: (adapter) => [
      ["Method", nameOf(adapter)],
      ["Rank", formatInteger(adapter.rank)],
      ["alpha", formatSetting(adapter.alpha)],
      ["Scaling", adapter.useRslora === true ? "alpha / √rank (rsLoRA)" : "alpha / rank"],
    ],
    merging: "Linear in its input, so it can be merged into the base weights (`merge_and_unload`).",
    imports: [],
    installation: "",
  },
} satisfies LatentMethod<LoraConfig, LoraConfigFile, LoraTensors, "lora" | "dora">;

function nameOf({ useDora }: LoraConfig): string {
  return useDora === true ? "DoRA" : "LoRA";
}

function sizesOf({ rank, alpha }: LoraConfig): string {
  return `r=${rank} α=${formatSetting(alpha)}`;
}

function moduleSizes(settings: Omit<LoraConfig, "targets">, module: string): ModuleSizes {
  const { rank, scaling } = loraModuleSizes(settings, module);
  return { width: rank, activeWidth: rank, scaling };
}

function moduleCost(settings: Omit<LoraConfig, "targets">, module: ModuleShape): Counted {
  const rank = loraRank(settings, module.module);
  return matricesCost({ width: rank, activeWidth: rank }, module, settings.useDora === true ? 1 : 0);
}
