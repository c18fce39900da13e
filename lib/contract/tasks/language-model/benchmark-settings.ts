import { z } from "zod";
import { answerForm } from "@/lib/contract/benchmark-names";

/** Cross-entropy and perplexity of label tokens. */
export const textLossBenchmark = z.object({ kind: z.literal("languageModel") });

/** The greedy completion of each row's prompt against its reference. */
export const completionBenchmark = z.object({
  kind: z.literal("completion"),
  answer: answerForm.default("number"),
  maxNewTokens: z.int().min(1).max(1024).default(64),
  /** An answer ends before the first of these. */
  stop: z.array(z.string().min(1).max(80)).max(4).default([]),
});

/** The most probable of several continuations; columns hold the choices (a list of texts) and the right one (its place from 0, its letter, or its text). */
export const choiceBenchmark = z.object({ kind: z.literal("choice"), choices: z.string().min(1), answer: z.string().min(1) });
