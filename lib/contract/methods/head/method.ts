import type { Baseline } from "@/lib/contract/methods/method";
import { type HeadConfig, headConfig } from "./settings";

/** The head of an encoder, over a base model that stays as it is. */
export const head = {
  settings: headConfig,
  label: "Head only",
  mark: "cross",
  colour: { light: "#20406f", dark: "#8ee9fb" },
  longName: "head alone",
  subject: "A head alone",
  did: "trained only its head",
  reason: "only its head was trained",
  nameOf: () => "head alone",
  describe: () => "head alone",
  settingOf: () => "the head alone",
  runNameOf: () => "Head only",
  targetsOf: () => "none",
  /** Its own numbers are counted apart, as those of every encoder's head. */
  count: () => ({ trainableParameters: 0, activeParameters: 0, flops: 0 }),
  keptNumbers: () => 0,
  sparsityOf: () => null,
  patternsOf: () => ({}),
  problemOf: (_adapter, { modelName, isLanguageModel }) =>
    isLanguageModel
      ? {
          field: "method",
          message: `${modelName} is a causal language model, whose head is not trained: training only the head is for classification and regression.`,
        }
      : null,
  settingNames: {},
  settingNotes: {},
  choices: [],
  /** There is no backward pass through the base model. */
  stepOverForward: 1,
  card: {
    rows: () => [["Method", "head only, on the frozen base model"]],
    merging: "The base model is unchanged; `weights.safetensors` contains only the head.",
    imports: [],
    installation: "",
  },
} satisfies Baseline<HeadConfig>;
