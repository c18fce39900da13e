import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { generate } from "@/server/engine/generation/generate";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { readForced } from "@/tests/support/read-forced";
import { ofArm, openDemo, randomAdapter, sampling, threeArms, watchedModule } from "./demo-arms";

let model: CausalModel;
let tokenizer: Tokenizer;
let adapter: Adapter;
let ids: number[];

beforeAll(async () => {
  await startEngine();
  ({ model, tokenizer } = openDemo());
  adapter = randomAdapter(model);
  // Longer than the positions whose logits are held at once.
  ids = tokenizer.encode("The function returns a pointer to the object. ".repeat(6), { addSpecialTokens: true });
});
afterAll(() => {
  adapter.free();
  model.free();
});

const watch = [{ module: watchedModule, index: 4 }];
const clamp: Edit = { operation: "clamp", latent: { module: watchedModule, index: 4 }, value: 2.5, isOn: true, scope: "all" };

describe("readForced", () => {
  it("gives every arm's log-probabilities of the same text, as evaluation counts them", () => {
    expect(ids.length).toBeGreaterThan(40);
    const read = readForced(model, { ids, promptLength: 3, arms: threeArms(adapter, [clamp]), watch });
    const losses = model.tokenLosses({ ids: Int32Array.from(ids), labels: Int32Array.from(ids), rows: 1, tokens: ids.length });
    const base = read.get("base") ?? [];
    expect(base.map(({ id }) => id)).toEqual(ids);
    expect(base[0]?.logProbability).toBeNull();
    base.slice(1).forEach(({ logProbability }, at) => {
      expect(logProbability).toBeCloseTo(-(losses[at + 1] ?? 0), 4);
    });
  });

  it("compares the arms position by position", () => {
    const read = readForced(model, { ids, promptLength: 3, arms: threeArms(adapter, [clamp]), watch });
    const [base, adapted, edited] = [read.get("base") ?? [], read.get("adapter") ?? [], read.get("edited") ?? []];
    expect(base.slice(1).every(({ klToBase, klToAdapter }) => klToBase === 0 && (klToAdapter ?? 0) > 0)).toBe(true);
    expect(adapted.slice(1).every(({ klToBase, klToAdapter }) => (klToBase ?? 0) > 0 && klToAdapter === 0)).toBe(true);
    // A query has no choice at the first token, so its edit shows from the second on.
    expect(edited[1]?.klToAdapter).toBe(0);
    expect(edited.slice(2).every(({ klToAdapter }) => (klToAdapter ?? 0) > 0)).toBe(true);
    expect(edited.every(({ activations, injectedNorm }) => activations[0] === 2.5 && (injectedNorm ?? 0) > 0)).toBe(true);
    expect(base.every(({ activations }) => activations[0] === null)).toBe(true);
  });

  it("reads what generation wrote with the log-probabilities and divergences that it was written with", () => {
    const arms = threeArms(adapter, [{ ...clamp, scope: "generated" }]);
    const promptIds = ids.slice(0, 5);
    const written = ofArm(
      [...generate(model, tokenizer, { promptIds, arms, watch, sampling: sampling({ maxTokens: 9 }), endsAtEndOfText: false })],
      "edited",
    );
    const read = readForced(model, { ids: [...promptIds, ...written.ids], promptLength: 5, arms, watch }).get("edited") ?? [];
    expect(read.slice(0, 5).every(({ injectedNorm }) => injectedNorm === 0)).toBe(true);
    written.tokens.forEach((token, at) => {
      const forced = read[5 + at];
      expect(forced?.logProbability).toBeCloseTo(token.logProbability, 4);
      expect(forced?.activations).toEqual(token.activations);
      expect(forced?.injectedNorm).toBeCloseTo(token.injectedNorm ?? 0, 4);
      if (token.klToAdapter !== null) expect(forced?.klToAdapter).toBeCloseTo(token.klToAdapter, 4);
    });
  });

  it("frees all it made", () => {
    adapter.release();
    const before = liveTensors();
    readForced(model, { ids, promptLength: 3, arms: threeArms(adapter, [clamp]), watch });
    adapter.release();
    expect(liveTensors()).toBe(before);
  });
});
