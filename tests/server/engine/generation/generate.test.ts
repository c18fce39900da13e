import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { generate } from "@/server/engine/generation/generate";
import type { GenerationRequest } from "@/server/engine/generation/generation-request";
import { watchedLatents } from "@/server/engine/generation/watch";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";
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

const on = { isOn: true, scope: "all" } as const;
const ablation = (index: number): Edit => ({ ...on, operation: "ablatePost", latent: { module: watchedModule, index } });

function run(request: Partial<GenerationRequest> = {}) {
  return [
    ...generate(model, tokenizer, { promptIds, arms: [{ name: "base" }], watch: [], sampling: sampling({ maxTokens: 12 }), ...request }),
  ];
}

/** Greedy ids by whole forward passes, without a cache. */
function greedyWithoutCache(count: number, of?: Adapter): number[] {
  const ids = [...promptIds];
  for (let step = 0; step < count; step++) {
    const { final } = model.forward({ ids: Int32Array.from(ids), rows: 1, tokens: ids.length }, of ? { hooks: adapterHooks(of) } : {});
    const logits = model.logits(final);
    const last = readFloats(logits).subarray((ids.length - 1) * model.config.vocab);
    free(final, logits);
    ids.push(last.reduce((best, score, id) => (score > (last[best] ?? 0) ? id : best), 0));
  }
  return ids.slice(promptIds.length);
}

describe("generate", () => {
  it("writes in every arm what whole forward passes without a cache give", () => {
    const events = run({ arms: threeArms(adapter, []) });
    expect(ofArm(events, "base").ids).toEqual(greedyWithoutCache(12));
    expect(ofArm(events, "adapter").ids).toEqual(greedyWithoutCache(12, adapter));
    expect(ofArm(events, "adapter").ids).not.toEqual(ofArm(events, "base").ids);
  });

  it("gives an arm the same whether it runs alone or beside others", () => {
    const together = run({ arms: threeArms(adapter, [ablation(1)]) });
    expect(ofArm(run({ arms: [{ name: "adapter", adapter }] }), "adapter").ids).toEqual(ofArm(together, "adapter").ids);
    expect(ofArm(run(), "base").ids).toEqual(ofArm(together, "base").ids);
  });

  it("leaves the adapter's text alone without edits, and gives the base's with the adapter off", () => {
    const free = run({ arms: threeArms(adapter, []) });
    expect(ofArm(free, "edited").tokens.map(({ id, logProbability }) => [id, logProbability])).toEqual(
      ofArm(free, "adapter").tokens.map(({ id, logProbability }) => [id, logProbability]),
    );
    const off = run({ arms: threeArms(adapter, [{ ...on, operation: "adapterOff" }]) });
    expect(ofArm(off, "edited").ids).toEqual(ofArm(off, "base").ids);
    expect(ofArm(off, "edited").tokens.map(({ klToBase }) => klToBase)).toEqual(new Array(12).fill(0));
  });

  it("gives divergences while the arms have read the same, and null from then on", () => {
    const events = run({ arms: threeArms(adapter, []) });
    const [base, adapted] = [ofArm(events, "base"), ofArm(events, "adapter")];
    const parting = adapted.ids.findIndex((id, at) => id !== base.ids[at]);
    expect(adapted.tokens[0]?.klToBase).toBeGreaterThan(0);
    expect(adapted.tokens.map(({ klToBase }) => klToBase !== null)).toEqual(adapted.tokens.map((_, at) => at <= parting));
    expect(adapted.tokens.every(({ klToAdapter }) => klToAdapter === 0)).toBe(true);
  });

  it("draws the same in equal arms, and differently with another seed", () => {
    const settings = { maxTokens: 12, temperature: 1 };
    const events = run({ arms: threeArms(adapter, []), sampling: sampling({ ...settings, seed: 4 }) });
    expect(ofArm(events, "edited").ids).toEqual(ofArm(events, "adapter").ids);
    expect(ofArm(run({ sampling: sampling({ ...settings, seed: 4 }) }), "base").ids).toEqual(ofArm(events, "base").ids);
    expect(ofArm(run({ sampling: sampling({ ...settings, seed: 5 }) }), "base").ids).not.toEqual(ofArm(events, "base").ids);
  });

  it("reports watched and edited latents when their token was read, after the edit", () => {
    const edits: Edit[] = [{ ...on, operation: "clamp", latent: { module: watchedModule, index: 4 }, value: 2.5 }];
    const watch = watchedLatents([{ module: watchedModule, index: 0 }], edits);
    expect(watch.map(({ index }) => index)).toEqual([0, 4]);
    const events = run({ arms: threeArms(adapter, edits), watch });
    const edited = ofArm(events, "edited").tokens;
    expect(edited.map(({ activations }) => activations[1])).toEqual(new Array(12).fill(2.5));
    expect(edited.every(({ injectedNorm }) => injectedNorm !== null && injectedNorm > 0)).toBe(true);
    expect(ofArm(events, "adapter").tokens.every(({ activations, injectedNorm }) => activations[0] !== null && injectedNorm === null)).toBe(
      true,
    );
    expect(ofArm(events, "base").tokens.map(({ activations }) => activations)).toEqual(new Array(12).fill([null, null]));
  });

  it("ends at end-of-text unless told to go on, at a stop string, at maxTokens and at the context's end", () => {
    const [, second = 0] = ofArm(run(), "base").ids;
    const endingAt = { ...tokenizer, eosIds: [second] };
    const ended = [...generate(model, endingAt, { promptIds, arms: [{ name: "base" }], watch: [], sampling: sampling({ maxTokens: 12 }) })];
    expect(ofArm(ended, "base").ids).toHaveLength(2);
    expect(ofArm(ended, "base").end?.reason).toBe("endOfText");
    const goingOn = {
      promptIds,
      arms: [{ name: "base" }],
      watch: [],
      sampling: sampling({ maxTokens: 12 }),
      endsAtEndOfText: false,
    } as const;
    expect(ofArm([...generate(model, endingAt, goingOn)], "base").ids).toHaveLength(12);

    const whole = ofArm(run(), "base");
    expect(whole.end).toEqual({ reason: "maxTokens", text: tokenizer.decode(whole.ids, { skipSpecialTokens: true }) });
    const word = whole.end?.text.slice(9, 14) ?? "";
    const stopped = ofArm(run({ sampling: sampling({ maxTokens: 12, stop: [word] }) }), "base");
    expect(stopped.end).toEqual({ reason: "stop", text: whole.end?.text.slice(0, whole.end.text.indexOf(word)) });
    expect(stopped.ids.length).toBeLessThan(12);

    const { contextLength } = model.config;
    const long = Array.from({ length: contextLength - 2 }, (_, at) => promptIds[at % promptIds.length] ?? 0);
    const full = ofArm(run({ promptIds: long, endsAtEndOfText: false }), "base");
    expect([full.ids.length, full.end?.reason]).toEqual([3, "contextFull"]);
  });

  it("frees all it made, also when the reader stops early", () => {
    adapter.release();
    const before = liveTensors();
    run({ arms: threeArms(adapter, [ablation(1)]), watch: [{ module: watchedModule, index: 1 }] });
    for (const _ of generate(model, tokenizer, { promptIds, arms: threeArms(adapter, []), watch: [], sampling: sampling() })) break;
    adapter.release();
    expect(liveTensors()).toBe(before);
  });

  it("refuses what cannot be run, saying why", () => {
    expect(() => run({ promptIds: [] })).toThrow("the prompt has no tokens");
    expect(() => run({ promptIds: new Array(513).fill(5) })).toThrow("the prompt has 513 tokens, but the model's context is 512");
    expect(() => run({ arms: [{ name: "base" }, { name: "base" }] })).toThrow(/distinct names/);
    expect(() => run({ watch: [{ module: watchedModule, index: 0 }] })).toThrow(/no adapter has that module/);
    expect(() => run({ arms: threeArms(adapter, []), watch: [{ module: watchedModule, index: 23 }] })).toThrow(
      /latents 0…22, so 23 cannot be watched/,
    );
  });
});

type Prompt = { text: string; input_ids: number[]; greedy_ids: number[]; greedy_margins: number[] };

describe.runIf(fixturesFolder && modelsFolder)("SmolLM2, greedy, in float32", references, () => {
  it("writes the fixtures' 40 tokens after every prompt, as far as the margins tell them apart", async () => {
    const { readFileSync } = await import("node:fs");
    const { prompts } = JSON.parse(readFileSync(`${fixturesFolder}/parity/smollm2.json`, "utf8")) as { prompts: Prompt[] };
    const smol = openDemo(`${modelsFolder}/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf`);
    for (const { text, input_ids, greedy_ids, greedy_margins } of prompts) {
      expect(smol.tokenizer.encode(text, { addSpecialTokens: true })).toEqual(input_ids);
      const request = {
        promptIds: input_ids,
        arms: [{ name: "base" }],
        watch: [],
        sampling: sampling({ maxTokens: 40 }),
        endsAtEndOfText: false,
      } as const;
      const { ids } = ofArm([...generate(smol.model, smol.tokenizer, request)], "base");
      const close = greedy_margins.findIndex((margin) => margin <= 1e-2);
      const certain = close < 0 ? 40 : close;
      expect(ids.slice(0, certain)).toEqual(greedy_ids.slice(0, certain));
    }
    smol.model.free();
  });
});
