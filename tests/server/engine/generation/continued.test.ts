import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { generate } from "@/server/engine/generation/generate";
import type { GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { ofArm, openDemo, randomAdapter, sampling, threeArms, watchedModule } from "./demo-arms";

let model: CausalModel;
let tokenizer: Tokenizer;
let adapter: Adapter;
let promptIds: number[];

beforeAll(async () => {
  await startEngine();
  ({ model, tokenizer } = openDemo());
  adapter = randomAdapter(model);
  promptIds = tokenizer.encode("The function returns", { addSpecialTokens: true });
});
afterAll(() => {
  adapter.free();
  model.free();
});

const latent = { module: watchedModule, index: 4 };
const clamp: Edit = { operation: "clamp", latent, value: 2.5, isOn: true, scope: "generated" };
const names = ["base", "adapter", "edited"] as const;

function run(request: Partial<GenerationRequest> = {}) {
  const whole = { promptIds, arms: threeArms(adapter, [clamp]), watch: [latent], sampling: sampling(), endsAtEndOfText: false, ...request };
  return [...generate(model, tokenizer, whole)];
}

function written(events: readonly GenerationEvent[]): Partial<Record<ArmName, number[]>> {
  return Object.fromEntries(names.map((name) => [name, ofArm(events, name).ids]));
}

const settings = {
  greedily: {},
  "by drawing": { temperature: 0.9, seed: 11 },
  "with a penalty": { temperature: 0.7, repetitionPenalty: 1.3, topP: 0.9, seed: 2 },
};

describe("arms that continue what they wrote", () => {
  it.each(Object.entries(settings))("write %s in two requests what they write in one", (_, one) => {
    const whole = run({ sampling: sampling({ ...one, maxTokens: 10 }) });
    const first = run({ sampling: sampling({ ...one, maxTokens: 5 }) });
    const second = run({ sampling: sampling({ ...one, maxTokens: 5 }), continued: written(first) });
    for (const name of names) {
      const [all, before, after] = [ofArm(whole, name), ofArm(first, name), ofArm(second, name)];
      expect([...before.ids, ...after.ids]).toEqual(all.ids);
      expect([before.end?.text, after.end?.text].join("")).toBe(all.end?.text);
      after.tokens.forEach((token, at) => {
        const together = all.tokens[5 + at];
        expect(token.logProbability).toBeCloseTo(together?.logProbability ?? Number.NaN, 4);
        expect(token.klToBase === null).toBe(together?.klToBase === null);
        if (token.klToAdapter !== null) expect(token.klToAdapter).toBeCloseTo(together?.klToAdapter ?? Number.NaN, 4);
        expect(token.activations[0] ?? 0).toBeCloseTo(together?.activations[0] ?? 0, 4);
        expect(token.injectedNorm ?? 0).toBeCloseTo(together?.injectedNorm ?? 0, 4);
      });
    }
  });

  it("count as generated what was written earlier, so that an edit of it acts there too", () => {
    const [first = 0, ...rest] = ofArm(run({ sampling: sampling({ maxTokens: 6 }) }), "adapter").ids;
    const continued = { adapter: [first, ...rest], edited: [first, ...rest] };
    const asContinued = ofArm(run({ continued, sampling: sampling({ maxTokens: 1 }) }), "edited").tokens[0];
    const asPrompt = ofArm(run({ promptIds: [...promptIds, first, ...rest], sampling: sampling({ maxTokens: 1 }) }), "edited").tokens[0];
    expect(asContinued?.klToAdapter).toBeGreaterThan(0);
    expect(asPrompt?.klToAdapter).toBe(0);
  });

  it("see a stop string across the seam, and pass one that was there before", () => {
    const whole = ofArm(run({ sampling: sampling({ maxTokens: 12 }) }), "base");
    const [before = "", after = ""] = [whole.tokens.slice(0, 5), whole.tokens.slice(5)].map((part) =>
      part.map(({ text }) => text).join(""),
    );
    const across = before.slice(-2) + after.slice(0, 2);
    const continued = { base: whole.ids.slice(0, 5) };
    const arms = [{ name: "base" as const }];
    const stopped = ofArm(run({ arms, watch: [], continued, sampling: sampling({ maxTokens: 7, stop: [across] }) }), "base");
    expect(stopped.end).toEqual({ reason: "stop", text: "" });
    const passed = ofArm(run({ arms, watch: [], continued, sampling: sampling({ maxTokens: 7, stop: [before] }) }), "base");
    expect(passed.ids).toEqual(whole.ids.slice(5));
  });

  it("continue together from what the leader wrote", () => {
    const first = run({ sampling: sampling({ maxTokens: 4 }) });
    const led = run({ sampling: sampling({ maxTokens: 4 }), continued: written(first), forced: { by: "edited" } });
    const free = run({ sampling: sampling({ maxTokens: 8 }) });
    for (const name of names) expect(ofArm(led, name).ids).toEqual(ofArm(free, "edited").ids.slice(4));
    expect(names.flatMap((name) => ofArm(led, name).tokens).every(({ klToBase }) => klToBase !== null)).toBe(true);
  });

  it("end where the context does", () => {
    const { contextLength } = model.config;
    const continued = { base: new Array<number>(contextLength - promptIds.length).fill(promptIds[0] ?? 0) };
    const full = ofArm(run({ arms: [{ name: "base" }], watch: [], continued }), "base");
    expect([full.ids.length, full.end?.reason]).toEqual([1, "contextFull"]);
    expect(() => run({ arms: [{ name: "base" }], watch: [], continued: { base: [...continued.base, 1] } })).toThrow(/context is/);
  });
});
