import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { generate } from "@/server/engine/generation/generate";
import type { GenerationArm, GenerationRequest } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { readForced } from "@/tests/support/read-forced";
import { ofArm, openDemo, randomAdapter, sampling, threeArms, watchedModule } from "./demo-arms";

let model: CausalModel;
let tokenizer: Tokenizer;
let adapter: Adapter;
let other: Adapter;
let promptIds: number[];

beforeAll(async () => {
  await startEngine();
  ({ model, tokenizer } = openDemo());
  adapter = randomAdapter(model);
  other = randomAdapter(model, "lora", 5);
  promptIds = tokenizer.encode("The function returns", { addSpecialTokens: true });
});
afterAll(() => {
  adapter.free();
  other.free();
  model.free();
});

const latent = { module: watchedModule, index: 4 };
const clamp: Edit = { operation: "clamp", latent, value: 2.5, isOn: true, scope: "generated" };
const names = ["base", "adapter", "edited", "other"] as const;

function fourArms(): GenerationArm[] {
  return [...threeArms(adapter, [clamp]), { name: "other", adapter: other }];
}

function run(request: Partial<GenerationRequest> = {}) {
  const whole = { promptIds, arms: fourArms(), watch: [latent], sampling: sampling({ maxTokens: 11 }), endsAtEndOfText: false, ...request };
  return [...generate(model, tokenizer, whole)];
}

describe("arms that read one text", () => {
  it("all follow the arm that leads, which writes as it does when it is free", () => {
    const free = run();
    for (const by of names) {
      const led = run({ forced: { by } });
      for (const arm of names) expect(ofArm(led, arm).ids).toEqual(ofArm(free, by).ids);
      expect(ofArm(led, by).tokens.map(({ logProbability }) => logProbability)).toEqual(
        ofArm(free, by).tokens.map(({ logProbability }) => logProbability),
      );
      expect(names.map((arm) => ofArm(led, arm).end)).toEqual(names.map(() => ofArm(free, by).end));
    }
    expect(ofArm(free, "other").ids).not.toEqual(ofArm(free, "base").ids);
  });

  it("follow a leader that draws, and end with it", () => {
    const settings = sampling({ maxTokens: 30, temperature: 1, seed: 3 });
    const free = ofArm(run({ sampling: settings }), "edited");
    const word = free.end?.text.slice(12, 16) ?? "";
    const led = run({ sampling: { ...settings, stop: [word] }, forced: { by: "edited" } });
    for (const arm of names) {
      expect(ofArm(led, arm).ids).toEqual(free.ids.slice(0, ofArm(led, arm).ids.length));
      expect(ofArm(led, arm).end).toEqual({ reason: "stop", text: free.end?.text.slice(0, free.end.text.indexOf(word)) });
    }
  });

  it("are compared at every position", () => {
    const led = run({ forced: { by: "adapter" } });
    for (const arm of names) {
      const { tokens } = ofArm(led, arm);
      expect(tokens).toHaveLength(11);
      for (const { klToBase, klToAdapter } of tokens) {
        expect(klToBase).toEqual(arm === "base" ? 0 : expect.any(Number));
        expect(klToAdapter).toEqual(arm === "adapter" ? 0 : expect.any(Number));
      }
    }
  });

  it("read a given text as one pass over prompt and text does", () => {
    const given = " a pointer to the object that was given to it, or nothing at all, and then goes on.";
    const ids = tokenizer.encode(given, { addSpecialTokens: false });
    expect(ids.length).toBeGreaterThan(16);
    const events = run({ forced: { text: given }, topLogProbabilities: 2 });
    const read = readForced(model, { ids: [...promptIds, ...ids], promptLength: promptIds.length, arms: fourArms(), watch: [latent] });
    for (const arm of names) {
      const { tokens, end } = ofArm(events, arm);
      expect(end).toEqual({ reason: "forcedText", text: given });
      expect(tokens.map(({ text }) => text).join("")).toBe(given);
      const expected = (read.get(arm) ?? []).slice(promptIds.length);
      expect(tokens.map(({ id }) => id)).toEqual(ids);
      tokens.forEach((token, at) => {
        const forced = expected[at];
        expect(token.logProbability).toBeCloseTo(forced?.logProbability ?? Number.NaN, 5);
        expect(token.klToBase).toBeCloseTo(forced?.klToBase ?? Number.NaN, 5);
        expect(token.klToAdapter).toBeCloseTo(forced?.klToAdapter ?? Number.NaN, 5);
        expect(token.activations).toEqual(forced?.activations);
        expect(token.injectedNorm).toEqual(forced?.injectedNorm);
        expect(token.top).toHaveLength(2);
      });
    }
    expect(ofArm(events, "edited").tokens.every(({ activations }) => activations[0] === 2.5)).toBe(true);
  });

  it("read what an arm wrote with the numbers that it was written with", () => {
    const led = run({ forced: { by: "edited" } });
    const text = ofArm(led, "edited").end?.text ?? "";
    const ids = tokenizer.encode(text, { addSpecialTokens: false });
    expect(ids).toEqual(ofArm(led, "edited").ids);
    const read = run({ forced: { text } });
    for (const arm of names) {
      ofArm(read, arm).tokens.forEach((token, at) => {
        const written = ofArm(led, arm).tokens[at];
        expect(token.logProbability).toBeCloseTo(written?.logProbability ?? Number.NaN, 4);
        expect(token.klToBase).toBeCloseTo(written?.klToBase ?? Number.NaN, 4);
        expect(token.klToAdapter).toBeCloseTo(written?.klToAdapter ?? Number.NaN, 4);
      });
    }
  });

  it("leave nothing behind, also when the reader stops within a given text", () => {
    for (const one of [adapter, other]) one.release();
    const before = liveTensors();
    const text = " and so on".repeat(20);
    const request = { promptIds, arms: fourArms(), watch: [], sampling: sampling(), forced: { text } };
    for (const event of generate(model, tokenizer, request)) if (event.kind === "token") break;
    run({ forced: { text } });
    run({ forced: { by: "base" } });
    for (const one of [adapter, other]) one.release();
    expect(liveTensors()).toBe(before);
  });

  it("refuse a leader that is not there, a text too long, and one that is to be continued", () => {
    const arms = threeArms(adapter, []);
    expect(() => run({ arms, forced: { by: "other" } })).toThrow(/other leads the others, but is not among base, adapter, edited/);
    expect(() => run({ forced: { text: "a" }, continued: { base: [1] } })).toThrow(/cannot be continued/);
    expect(() => run({ forced: { text: "word ".repeat(model.config.contextLength) } })).toThrow(/context is/);
  });
});
