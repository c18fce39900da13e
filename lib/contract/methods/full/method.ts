import { targetedProjections } from "@/lib/contract/methods/count";
import type { Baseline } from "@/lib/contract/methods/method";
import { type FullConfig, fullConfig } from "./settings";

/** Weights and biases of projections, trained themselves. */
export const full = {
  settings: fullConfig,
  label: "Full",
  mark: "triangle",
  colour: { light: "#74300a", dark: "#efe070" },
  longName: "full fine-tuning",
  subject: "Full fine-tuning",
  did: "fine-tuned its weights directly, without an adapter",
  reason: "its weights were fine-tuned directly",
  nameOf: () => "full fine-tuning",
  describe: () => "full fine-tuning",
  settingOf,
  runNameOf: (adapter) => `Full, ${settingOf(adapter)}`,
  targetsOf: ({ targets }) => targets ?? "all",
  /** Trained weights stand in the place of frozen ones, so a token takes no more operations than with the base model. */
  count({ targets }, model) {
    const chosen = targetedProjections(targets, model);
    if (chosen === null) return null;
    const trainableParameters = chosen.reduce(
      (sum, { dIn, dOut, hasBias, times }) => sum + (dIn * dOut + (hasBias === true ? dOut : 0)) * times,
      0,
    );
    return { trainableParameters, activeParameters: trainableParameters, flops: 0 };
  },
  keptNumbers: () => 0,
  sparsityOf: () => null,
  patternsOf: () => ({}),
  problemOf: () => null,
  settingNames: {},
  settingNotes: {},
  choices: [],
  stepOverForward: 3,
  card: {
    rows: () => [["Method", "full fine-tuning of weights and biases of projections; embeddings and norms are the base model's"]],
    merging: "Everything not in `weights.safetensors` is the base model's, unchanged.",
    imports: [],
    installation: "",
  },
} satisfies Baseline<FullConfig>;

function settingOf({ targets }: FullConfig): string {
  return targets === null ? "all projections" : targets.modules.join(", ");
}
