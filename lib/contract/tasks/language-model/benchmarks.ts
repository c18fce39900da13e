import type { AskedOf, BenchmarkTaskOf } from "@/lib/contract/tasks/benchmark";

const tokenLoss = { name: "Loss", unit: "nats per token", short: { name: "loss", unit: "nats per token" } };

/** Cross-entropy and perplexity of label tokens. */
export const textLoss: BenchmarkTaskOf<AskedOf<"languageModel">> = {
  choice: { label: "Loss of the text", title: "Cross-entropy and perplexity of label tokens" },
  asks: "the loss of text",
  summary: "loss of the text",
  noun: "loss",
  answers: "none",
  text: "Text",
  loss: tokenLoss,
  baseNote: null,
  metrics: () => ["loss", "perplexity"],
};

/** The greedy completion of each row's prompt against its reference. */
export const completion: BenchmarkTaskOf<AskedOf<"completion">> = {
  choice: { label: "Completion", title: "The greedy completion of each prompt, right or wrong" },
  asks: "completions",
  summary: "greedy completion",
  noun: "completions",
  answers: "rightOrWrong",
  text: "Prompt",
  loss: tokenLoss,
  baseNote: null,
  metrics: () => ["exactMatch", "loss"],
};

/** The most probable of several continuations. */
export const choice: BenchmarkTaskOf<AskedOf<"choice">> = {
  choice: { label: "Choices", title: "The most probable of several continuations" },
  asks: "choices among continuations",
  summary: "choices by log-likelihood",
  noun: "choices",
  answers: "rightOrWrong",
  text: "Prompt",
  loss: tokenLoss,
  baseNote: null,
  metrics: () => ["accuracy", "accuracyPerByte", "loss"],
};
