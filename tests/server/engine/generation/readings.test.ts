import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ArmName, PromptReading } from "@/lib/contract/generate";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import { generate } from "@/server/engine/generation/generate";
import type { GenerationArm, GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { ofArm, openDemo, randomAdapter, sampling } from "./demo-arms";

let model: CausalModel;
let tokenizer: Tokenizer;
let adapter: Adapter;
let promptIds: number[];
let arms: GenerationArm[];

beforeAll(async () => {
  await startEngine();
  ({ model, tokenizer } = openDemo());
  adapter = randomAdapter(model);
  arms = [{ name: "base" }, { name: "adapter", adapter }];
  // Long enough for two pieces of logits.
  promptIds = tokenizer.encode("The function returns a pointer to the object. ".repeat(8), { addSpecialTokens: true });
});
afterAll(() => {
  adapter.free();
  model.free();
});

function run(request: Partial<GenerationRequest> = {}) {
  return [
    ...generate(model, tokenizer, { promptIds, arms, watch: [], sampling: sampling({ maxTokens: 5 }), endsAtEndOfText: false, ...request }),
  ];
}

/** log softmax in float64 after each of the ids, by one pass of its own. */
function logSoftmaxes({ adapter }: GenerationArm, ids: readonly number[]): number[][] {
  const { final } = model.forward({ ids: Int32Array.from(ids), rows: 1, tokens: ids.length }, { hooks: armHooks([{ adapter }]) });
  const logits = model.logits(final);
  const values = readFloats(logits);
  free(final, logits);
  return ids.map((_, at) => {
    const row = Array.from(values.subarray(at * model.config.vocab, (at + 1) * model.config.vocab));
    const sum = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
    return row.map((logit) => logit - sum);
  });
}

function expectTop(top: { id: number; text: string; logProbability: number }[] | undefined, expected: number[], count: number): void {
  const order = expected.map((_, id) => id).sort((a, b) => (expected[b] ?? 0) - (expected[a] ?? 0));
  expect(top?.map(({ id }) => id)).toEqual(order.slice(0, count));
  top?.forEach(({ id, text, logProbability }) => {
    expect(logProbability).toBeCloseTo(expected[id] ?? Number.NaN, 4);
    expect(text).toBe(tokenizer.tokenText(id));
  });
}

function promptOf(events: readonly GenerationEvent[], arm: ArmName): PromptReading[] {
  return events.flatMap((event) => (event.kind === "prompt" && event.arm === arm ? event.tokens : []));
}

describe("what is reported of each position", () => {
  it("are the most probable tokens, as a softmax over all of them gives", () => {
    const events = run({ topLogProbabilities: 4 });
    for (const arm of arms) {
      const { tokens, ids } = ofArm(events, arm.name);
      const expected = logSoftmaxes(arm, [...promptIds, ...ids]).slice(promptIds.length - 1);
      tokens.forEach(({ top, id, logProbability }, at) => {
        expectTop(top, expected[at] ?? [], 4);
        expect(logProbability).toBeCloseTo(expected[at]?.[id] ?? Number.NaN, 4);
        expect(top?.[0]?.id).toBe(id);
      });
    }
    expect(ofArm(run(), "base").tokens.every((token) => !("top" in token))).toBe(true);
  });

  it("shows how each arm reads the prompt, if requested", () => {
    expect(promptIds.length).toBeGreaterThan(64);
    const events = run({ promptLogProbabilities: true, topLogProbabilities: 3 });
    expect(events.slice(0, 2).map((event) => [event.kind, event.arm])).toEqual([
      ["prompt", "base"],
      ["prompt", "adapter"],
    ]);
    for (const arm of arms) {
      const expected = logSoftmaxes(arm, promptIds);
      const read = promptOf(events, arm.name);
      expect(read).toHaveLength(promptIds.length);
      expect(read[0]).toEqual({ logProbability: null });
      read.slice(1).forEach(({ logProbability, top }, at) => {
        expect(logProbability).toBeCloseTo(expected[at]?.[promptIds[at + 1] ?? 0] ?? Number.NaN, 4);
        expectTop(top, expected[at] ?? [], 3);
      });
    }
    expect(run().some(({ kind }) => kind === "prompt")).toBe(false);
  });

  it("is the prompt alone where no token is to be made, also one of a single token", () => {
    const sampled = sampling({ maxTokens: 0 });
    const events = run({ promptLogProbabilities: true, sampling: sampled });
    expect(events.map(({ kind }) => kind)).toEqual(["prompt", "prompt", "armEnd", "armEnd"]);
    expect(ofArm(events, "adapter").end).toEqual({ reason: "maxTokens", text: "" });
    expect(promptOf(events, "base")[3]?.logProbability).toBe(promptOf(run({ promptLogProbabilities: true }), "base")[3]?.logProbability);
    const single = run({ promptIds: [5], promptLogProbabilities: true, topLogProbabilities: 2, sampling: sampled });
    expect(promptOf(single, "base")).toEqual([{ logProbability: null }]);
  });

  it("leaves nothing behind", () => {
    adapter.release();
    const before = liveTensors();
    run({ promptLogProbabilities: true, topLogProbabilities: 2 });
    adapter.release();
    expect(liveTensors()).toBe(before);
  });
});
