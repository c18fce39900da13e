import type { GenerateEvent } from "@/lib/contract/generate";
import type { TextAnswer, TextEvent } from "@/lib/contract/read-text";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { token } from "@/tests/components/generation/tokens";

/** What differs between the pages of two tasks, as a person sees it. */
export type Steered = {
  readonly task: Readonly<Record<string, unknown>>;
  readonly endpoint: "generate" | "text";
  /** The label of the field that holds what the model reads. */
  readonly field: string;
  /** What is sent for a text, and the edits with it. */
  readonly sent: (text: string) => object;
  /** All that the worker streams back, and what the page then shows. */
  readonly events: readonly (GenerateEvent | TextEvent)[];
  readonly shown: string;
  readonly failure: string;
  readonly unfinished: string;
  readonly suggestion: RegExp;
  readonly suggested: string;
};

export const latent = { module: "m", index: 3 };
const scaled = { operation: "scale", latent, value: 2, isOn: true, scope: "all" };

function answersOf(answer: (share: number) => TextAnswer): TextEvent[] {
  return [
    { kind: "tokens", tokens: [{ id: 5, text: "dull", loss: null }], modules: 0, isTruncated: false, answer: answer(0.25) },
    {
      kind: "answers",
      constant: null,
      base: answer(0.5),
      adapter: answer(0.25),
      edited: answer(0.125),
      alone: [{ edit: 0, answer: answer(0.125) }],
      injectedNorms: [0.75],
    },
    { kind: "end", seconds: 0.5 },
  ];
}

const answered = {
  endpoint: "text",
  field: "Text",
  sent: (text: string) => ({ text, attribution: false, edits: [scaled] }),
  failure: "Prediction failed",
  unfinished: "It has no adapter yet.",
  suggestion: /^Use the text of the strongest firing of L2 v_proj #3$/,
  suggested: "a dull film",
} as const;

/** The page of each task, with an edit of `latent`. */
export const steeredTasks: { readonly [Kind in Exclude<TaskKind, "denoising">]: Steered } = {
  languageModel: {
    task: { kind: "languageModel" },
    endpoint: "generate",
    field: "Prompt",
    sent: (prompt) => ({ prompt, edits: [scaled], arms: ["base", "adapter", "edited"], isKept: true }),
    events: [
      { kind: "start", precision: "float32", promptTokens: [], watched: [] },
      { kind: "token", arm: "adapter", token: token(7) },
      { kind: "armEnd", arm: "adapter", reason: "maxTokens", text: " w7" },
      { kind: "end", tokensPerSecond: 7 },
    ],
    shown: "w7",
    failure: "Generation failed",
    unfinished: "It has no adapter yet, so only the base model can run.",
    suggestion: /^Use the text before the strongest firing of L2 v_proj #3$/,
    suggested: "a dull",
  },
  classification: {
    ...answered,
    task: { kind: "classification", labels: ["good", "bad"] },
    events: answersOf((share) => ({
      kind: "classes",
      classes: [
        { label: "good", score: share, probability: share },
        { label: "bad", score: -share, probability: 1 - share },
      ],
    })),
    shown: "12.5 %",
  },
  regression: {
    ...answered,
    task: { kind: "regression" },
    events: answersOf((value) => ({ kind: "number", value })),
    shown: "0.125",
  },
};
