import { countLatents, targetedProjections } from "@/lib/contract/methods/count";
import type { Counted, LatentMethod, ModuleShape } from "@/lib/contract/methods/method";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import { veraBaking } from "./baking";
import { type VeraConfigFile, veraFile, veraPeft } from "./peft-file";
import { projectionNumbers, type VeraConfig, veraConfig, veraModuleCost } from "./settings";
import type { VeraTensors } from "./tensors";

/** h = W0 x + λ_b ⊙ B (λ_d ⊙ A x), with random, frozen A and B that all modules share (Kopiczko et al. 2024). */
export const vera = {
  settings: veraConfig,
  file: veraFile,
  label: "VeRA",
  mark: "wedge",
  colour: { light: "#b3205f", dark: "#ff9fb8" },
  longName: "VeRA",
  noun: "component",
  longNoun: "rank component",
  nameOf: () => "VeRA",
  describe: (adapter) => `VeRA ${settingOf(adapter)}`,
  settingOf,
  runNameOf: ({ rank }) => `VeRA r=${rank}`,
  targetsOf: ({ targets }) => targets,
  count(adapter, model) {
    const { targets, rank } = adapter;
    const counted = countLatents({ targets, costOf: (module) => moduleCost(adapter, module), patterns: [] }, model);
    return counted === null ? null : { ...counted, frozen: projectionNumbers(rank, targetedProjections(targets, model) ?? []) };
  },
  keptNumbers: ({ rank, dropout = 0 }, { dIn, dOut }) => rank + dOut + (dropout > 0 ? dIn : 0),
  sparsityOf: () => null,
  patternsOf: () => ({}),
  problemOf: () => null,
  settingNames: { rank: "Rank", dInitial: "Initial λ_d", projectionKey: "Seed of A and B", dropout: "Dropout" },
  settingNotes: {
    rank: "Components of the shared matrices A and B.",
    dInitial: "Every entry of λ_d before training.",
    projectionKey: "Seed of A and B, which are drawn as PEFT draws them (projection_prng_key) and saved with the adapter.",
    dropout: "Share of the entries of A's input that training sets to 0.",
  },
  // PEFT's defaults, which we take over.
  choices: [
    { key: "dInitial", value: 0.1, by: "default" },
    { key: "projectionKey", value: 0, by: "default" },
  ],
  /** Neither frozen weights nor A and B get a gradient. */
  stepOverForward: 2,
  // Row i of A and column i of B, both times −1, write the same update.
  isSignArbitrary: true,
  isDense: true,
  hasTopK: false,
  moduleSizes: ({ rank }) => ({ width: rank, activeWidth: rank, scaling: 1 }),
  moduleCost,
  decoder,
  turnedSize: (adapter) => ({
    setting: "rank",
    name: "rank",
    value: adapter.rank,
    most: veraConfig.shape.rank.maxValue ?? Number.POSITIVE_INFINITY,
    withValue: (rank) => ({ ...adapter, rank }),
  }),
  baking: veraBaking,
  bakedForm: () => "vera" as const,
  peft: veraPeft,
  card: {
    rows: (adapter) => [
      ["Method", "VeRA: `h = W0 x + b0 + λ_b ⊙ B (λ_d ⊙ A x)`"],
      ["Rank", formatInteger(adapter.rank)],
      ["Initial λ_d", formatSetting(adapter.dInitial)],
      ["A and B", `random and frozen, shared by all modules, drawn from key ${adapter.projectionKey}, saved with the adapter`],
    ],
    merging: "Linear in its input, so it can be merged into the base weights (`merge_and_unload`).",
    imports: [],
    installation: "",
  },
} satisfies LatentMethod<VeraConfig, VeraConfigFile, VeraTensors, "vera">;

function settingOf({ rank, dInitial, projectionKey }: VeraConfig): string {
  return `r=${rank}${dInitial === 0.1 ? "" : ` d=${formatSetting(dInitial)}`}${projectionKey === 0 ? "" : ` key=${projectionKey}`}`;
}

function moduleCost({ rank }: Omit<VeraConfig, "targets">, module: ModuleShape): Counted {
  return veraModuleCost(rank, module);
}

/** λ_b ⊙ B ⊙ λ_d, of B the module's own rows. */
function decoder({ lambdaD, lambdaB, B }: VeraTensors): Matrix {
  const [[rank], [dOut]] = [lambdaD.shape, lambdaB.shape];
  const data = B.data
    .subarray(0, dOut * rank)
    .map((value, at) => (lambdaB.data[Math.floor(at / rank)] as number) * value * (lambdaD.data[at % rank] as number));
  return { shape: [dOut, rank], data };
}
