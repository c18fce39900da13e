import type { AnswerForm } from "@/lib/contract/benchmark-names";
import { type AskedOf, type BenchmarkTaskOf, baseModel } from "@/lib/contract/tasks/benchmark";

const tokenLoss = { name: "Loss", unit: "nats per token", short: { name: "loss", unit: "nats per token" } };

const answerWords: { readonly [form in AnswerForm]: string } = {
  number: "last number",
  normalised: "normalised text",
  exact: "exact text",
};

/** Cross-entropy and perplexity of label tokens. */
export const textLoss: BenchmarkTaskOf<AskedOf<"languageModel">> = {
  choice: { label: "Loss of the text", title: "Cross-entropy and perplexity of label tokens" },
  asks: "the loss of text",
  summary: "loss of the text",
  settings: () => [],
  noun: "loss",
  answers: "none",
  isLabelled: false,
  measuresForgetting: true,
  isSpaced: false,
  text: "Text",
  loss: tokenLoss,
  reference: baseModel,
  glueTarget: null,
  formNote: null,
  classes: () => null,
  numbersOf: () => null,
  metrics: () => ["loss", "perplexity"],
};

/** The greedy completion of each row's prompt against its reference. */
export const completion: BenchmarkTaskOf<AskedOf<"completion">> = {
  choice: { label: "Completion", title: "The greedy completion of each prompt, right or wrong" },
  asks: "completions",
  summary: "greedy completion",
  settings: ({ answer }) => [`${answerWords[answer]} compared`],
  noun: "completions",
  answers: "rightOrWrong",
  isLabelled: false,
  measuresForgetting: false,
  isSpaced: false,
  text: "Prompt",
  loss: tokenLoss,
  reference: baseModel,
  glueTarget: null,
  formNote: null,
  classes: () => null,
  numbersOf: () => null,
  metrics: () => ["exactMatch", "loss"],
};

/** The most probable of several continuations. */
export const choice: BenchmarkTaskOf<AskedOf<"choice">> = {
  choice: { label: "Choices", title: "The most probable of several continuations" },
  asks: "choices among continuations",
  summary: "choices by log-likelihood",
  settings: () => [],
  noun: "choices",
  answers: "rightOrWrong",
  isLabelled: false,
  measuresForgetting: false,
  isSpaced: true,
  text: "Prompt",
  loss: tokenLoss,
  reference: baseModel,
  glueTarget: null,
  formNote: null,
  classes: () => null,
  numbersOf: () => null,
  metrics: () => ["accuracy", "accuracyPerByte", "loss"],
};
