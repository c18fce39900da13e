import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import {
  freeGeneration,
  isOver,
  type RunningGeneration,
  startGeneration,
  stepGenerations,
} from "@/server/engine/generation/running-generation";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { ofArm, openDemo, randomAdapter, sampling, threeArms, watchedModule } from "./demo-arms";

beforeAll(async () => {
  await startEngine();
});

const on = { isOn: true, scope: "all" } as const;
const latent = { module: watchedModule, index: 4 };
const clamp: Edit = { ...on, operation: "clamp", latent, value: 2.5 };

/** Steps all of them to their ends, each from the round on that it joins in. */
function runTogether(model: CausalModel, tokenizer: Tokenizer, requests: readonly { request: GenerationRequest; joins: number }[]) {
  const events: GenerationEvent[][] = requests.map(() => []);
  const errors: unknown[] = requests.map(() => undefined);
  const running = new Map<number, RunningGeneration>();
  for (let round = 0; round === 0 || running.size > 0 || requests.some(({ joins }) => joins >= round); round++) {
    requests.forEach(({ request, joins }, at) => {
      if (joins !== round) return;
      const generation = startGeneration(model, tokenizer, request);
      events[at]?.push(...generation.opening);
      running.set(at, generation);
    });
    const places = [...running.keys()];
    stepGenerations(model, [...running.values()]).forEach((outcome, place) => {
      const at = places[place] ?? 0;
      if (outcome.kind === "failed") errors[at] = outcome.error;
      else events[at]?.push(...outcome.events);
      const generation = running.get(at);
      if (outcome.kind === "failed" || (generation !== undefined && isOver(generation))) running.delete(at);
    });
  }
  return { events, errors };
}

describe.each<FrozenDtype>(["float32", "bfloat16"])("generations that share their steps, decoding in %s", (decode) => {
  let model: CausalModel;
  let tokenizer: Tokenizer;
  let adapters: Adapter[];

  beforeAll(() => {
    ({ model, tokenizer } = openDemo("demo/model", { decode }));
    adapters = [randomAdapter(model), randomAdapter(model, "lora", 5)];
  });
  afterAll(() => {
    for (const adapter of adapters) adapter.free();
    model.free();
  });

  const requestOf = (text: string, more: Partial<GenerationRequest> = {}): GenerationRequest => ({
    promptIds: tokenizer.encode(text, { addSpecialTokens: true }),
    arms: [{ name: "base" }],
    watch: [],
    sampling: sampling({ maxTokens: 9 }),
    endsAtEndOfText: false,
    ...more,
  });

  it("give each the same to the last bit as alone, whoever comes and goes", () => {
    const [stan, lora] = adapters as [Adapter, Adapter];
    const requests = [
      { joins: 0, request: requestOf("The function returns", { arms: threeArms(stan, [clamp]), watch: [latent] }) },
      { joins: 0, request: requestOf("In the beginning there was a", { arms: [{ name: "adapter", adapter: lora }] }) },
      { joins: 2, request: requestOf("const x =", { sampling: sampling({ maxTokens: 13, temperature: 0.8, seed: 7 }) }) },
      { joins: 3, request: requestOf("A", { arms: [...threeArms(stan, []), { name: "other", adapter: lora }], topLogProbabilities: 2 }) },
      { joins: 5, request: requestOf("Two plus three", { arms: [{ name: "adapter", adapter: stan }, { name: "base" }] }) },
    ];
    const together = runTogether(model, tokenizer, requests);
    expect(together.errors.every((error) => error === undefined)).toBe(true);
    requests.forEach(({ request }, at) => {
      const alone = runTogether(model, tokenizer, [{ request, joins: 0 }]);
      expect(together.events[at]).toEqual(alone.events[0]);
    });
  });

  it("give the same in a crowd of 31 arms", () => {
    const [stan, lora] = adapters as [Adapter, Adapter];
    const texts = ["The function returns", "In the beginning", "A", "const x = 4;", "Two plus three is", "A patient with", "It was"];
    const requests = Array.from({ length: 13 }, (_, at) => {
      const arms = at % 2 === 0 ? [{ name: "adapter" as const, adapter: lora }] : threeArms(stan, at % 3 === 0 ? [clamp] : []);
      return { joins: 0, request: requestOf(texts[at % texts.length] ?? "", { arms, sampling: sampling({ maxTokens: 4, seed: at }) }) };
    });
    requests.push({ joins: 0, request: requestOf("const", { arms: threeArms(lora, [{ ...on, operation: "adapterOff" }]) }) });
    requests.push({ joins: 0, request: requestOf("const", { arms: threeArms(lora, []) }) });
    expect(requests.flatMap(({ request }) => request.arms)).toHaveLength(31);
    const together = runTogether(model, tokenizer, requests);
    requests.forEach(({ request }, at) => {
      expect(together.events[at]).toEqual(runTogether(model, tokenizer, [{ request, joins: 0 }]).events[0]);
    });
  });

  it("fail alone where a logit is no number, and leave the others as they are", () => {
    const [stan] = adapters as [Adapter];
    const overflow: Edit = { ...clamp, value: 3e38, scope: "generated" };
    const requests = [
      { joins: 0, request: requestOf("The function returns", { arms: threeArms(stan, [clamp]) }) },
      { joins: 0, request: requestOf("The function", { arms: [{ name: "edited", adapter: stan, edits: [overflow] }] }) },
    ];
    const { events, errors } = runTogether(model, tokenizer, requests);
    expect(errors[0]).toBeUndefined();
    expect(String(errors[1])).toMatch(/logit/);
    expect(ofArm(events[0] ?? [], "edited").end?.reason).toBe("maxTokens");
    expect(ofArm(events[1] ?? [], "edited").ids).toHaveLength(1);
  });

  it("fail alone where one cannot be read with the others", () => {
    const [stan] = adapters as [Adapter];
    const before = liveTensors();
    const request = requestOf("The function returns", { arms: [{ name: "adapter", adapter: stan }] });
    const [sound, broken] = [startGeneration(model, tokenizer, request), startGeneration(model, tokenizer, request)];
    const refused = broken.live[0]?.sequence;
    const careful: CausalModel = {
      ...model,
      decode(sequences, ids, hooks) {
        if (sequences.some((sequence) => sequence === refused)) throw new RangeError("this sequence cannot be read");
        return model.decode(sequences, ids, hooks);
      },
    };
    const [first, second] = stepGenerations(careful, [sound, broken]);
    expect(second).toEqual({ kind: "failed", error: new RangeError("this sequence cannot be read") });
    const alone = runTogether(model, tokenizer, [{ request, joins: 0 }]).events[0] ?? [];
    expect(first).toEqual({ kind: "events", events: alone.slice(0, 1) });
    expect(isOver(broken)).toBe(true);
    freeGeneration(sound);
    stan.release();
    expect(liveTensors()).toBeLessThanOrEqual(before);
  });
});
