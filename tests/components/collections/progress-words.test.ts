import { expect, it } from "vitest";
import { progressFacts, progressStage } from "@/components/collections/progress-words";

const pass = {
  status: "running" as const,
  stage: null,
  positionKind: "token" as const,
  tokens: 300_000,
  maxTokens: 1_000_000,
  shards: { done: 2, total: 7 },
};

it("says what a pass is at", () => {
  expect(progressStage({ ...pass, status: "queued" })).toBe("Queued");
  expect(progressStage(pass)).toBe("Collecting statistics");
  expect(progressStage({ ...pass, stage: "attribution: rows 3 of 96" })).toBe("Attribution: rows 3 of 96");
});

it("gives tokens, shards, rate and time left", () => {
  expect(progressFacts(pass, 7000)).toEqual([
    "300\u00a0k of 1.00\u00a0M tokens",
    "2 of 7 shards",
    "7\u00a0000 tokens/s",
    "1\u00a0min 40\u00a0s left",
  ]);
});

it("gives no rate before there is one, nor once all is counted", () => {
  expect(progressFacts(pass, null)).toHaveLength(2);
  expect(progressFacts({ ...pass, shards: { done: 7, total: 7 } }, 7000)).toHaveLength(2);
  expect(progressFacts({ ...pass, shards: { done: 0, total: 1 } }, null)).toEqual(["300\u00a0k of 1.00\u00a0M tokens"]);
  expect(progressFacts({ ...pass, tokens: 0, shards: { done: 0, total: 0 } }, null)).toEqual(["0 of at most 1.00\u00a0M tokens"]);
});
