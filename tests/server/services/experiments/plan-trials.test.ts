import { describe, expect, it } from "vitest";
import { type ExperimentArm, experimentArm } from "@/lib/contract/experiment";
import type { ModelSummary } from "@/lib/contract/model";
import type { AdapterConfig } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import { ServiceError } from "@/server/services/errors";
import { countAdapter, matchArms } from "@/server/services/experiments/match-arms";
import { planTrials } from "@/server/services/experiments/plan-trials";

const targets = { modules: ["v_proj"], layers: null };
const stan = (numLatents: number, k = 2) => ({ method: "stan" as const, numLatents, k, targets });
const lora = (rank: number) => ({ method: "lora" as const, rank, alpha: 2 * rank, targets });

function arm(name: string, adapters: readonly object[], learningRates: object): ExperimentArm {
  return experimentArm.parse({ name, adapters, learningRates });
}

const range = { kind: "range", low: 1e-4, high: 1e-2, count: 3 };

/** An arm of random sizes and rates. */
function randomArm(random: Random, at: number): ExperimentArm {
  const adapters = Array.from({ length: 1 + random.nextBelow(3) }, (_, place) => stan(7 + 2 * place));
  const values = Array.from({ length: 1 + random.nextBelow(5) }, (_, place) => 1e-4 * 2 ** place);
  return arm(`arm ${at}`, adapters, random.next() < 0.5 ? { kind: "list", values } : { ...range, count: 2 + random.nextBelow(4) });
}

describe("the trials of a sweep", () => {
  it("are the same number for every arm, or refused with the number of each", () => {
    const random = new Random(5);
    let [planned, refused] = [0, 0];
    for (let round = 0; round < 300; round++) {
      const arms = Array.from({ length: 2 + random.nextBelow(3) }, (_, at) => randomArm(random, at));
      const search =
        random.next() < 0.5
          ? { kind: "grid" as const }
          : { kind: "random" as const, trials: 1 + random.nextBelow(6), seed: random.nextBelow(9) };
      try {
        const trials = planTrials({ arms, search });
        planned += 1;
        expect(new Set(trials.map((own) => own.length)).size).toBe(1);
        for (const [at, own] of trials.entries()) {
          expect(new Set(own.map((setting) => JSON.stringify(setting))).size).toBe(own.length);
          for (const { adapter } of own) expect(arms[at]?.adapters).toContainEqual(adapter);
        }
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        refused += 1;
      }
    }
    expect(Math.min(planned, refused)).toBeGreaterThan(50);
  });

  it("of a grid are every adapter with every rate, evenly spaced in the logarithm", () => {
    const arms = [arm("a", [stan(7), stan(11)], range), arm("b", [lora(3)], { kind: "list", values: [1, 2, 3, 4, 5, 6] })];
    const [first, second] = planTrials({ arms, search: { kind: "grid" } });
    expect(first?.map(({ learningRate }) => learningRate)).toEqual([1e-4, 1e-3, 1e-2, 1e-4, 1e-3, 1e-2]);
    expect(second?.map(({ learningRate }) => learningRate)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("are refused with how many each arm would have", () => {
    const arms = [arm("wide", [stan(7)], range), arm("flat", [lora(3)], { kind: "list", values: [1, 2] })];
    expect(() => planTrials({ arms, search: { kind: "grid" } })).toThrow("wide has 3, flat has 2 trials");
    expect(() => planTrials({ arms, search: { kind: "random", trials: 3, seed: 0 } })).toThrow(
      "flat has only 2 different settings for 3 trials",
    );
  });

  it("of a random search are drawn by its seed, from all of the range, adapters in turn", () => {
    const arms = [arm("a", [stan(7), stan(11)], range), arm("b", [lora(3)], range)];
    const draw = (seed: number) => planTrials({ arms, search: { kind: "random", trials: 40, seed } });
    const [own = []] = draw(1);
    expect(draw(1)[0]).toEqual(own);
    expect(draw(2)[0]).not.toEqual(own);
    expect(own.filter(({ adapter }) => adapter.method === "stan" && adapter.numLatents === 7)).toHaveLength(20);
    const below = own.filter(({ learningRate }) => learningRate < 1e-3).length;
    expect(below).toBeGreaterThan(10);
    expect(below).toBeLessThan(30);
    for (const { learningRate } of own) expect(learningRate >= 1e-4 && learningRate <= 1e-2).toBe(true);
    // An arm draws the same whatever the others are.
    const [alone] = planTrials({
      arms: [arms[0] as ExperimentArm, arm("c", [lora(5)], range)],
      search: { kind: "random", trials: 40, seed: 1 },
    });
    expect(alone).toEqual(own);
  });
});

const model = {
  name: "tiny",
  numLayers: 3,
  dModel: 8,
  vocab: 100,
  parameters: 1000,
  projections: [
    { name: "q_proj", dIn: 8, dOut: 8 },
    { name: "v_proj", dIn: 8, dOut: 5 },
  ],
} as unknown as ModelSummary;

const rates = { kind: "list", values: [0.1] };
const twoArms = (first: object, second: object) => [arm("one", [first], rates), arm("other", [second], rates)];

describe("matched arms", () => {
  it("have sizes within two percent, in what is matched alone", () => {
    expect(() => matchArms({ arms: twoArms(stan(50), lora(51)), match: "parameters" }, model)).not.toThrow();
    expect(() => matchArms({ arms: twoArms(stan(50), lora(2)), match: "activeParameters" }, model)).not.toThrow();
    expect(() => matchArms({ arms: twoArms(stan(50), lora(2)), match: "budget" }, model)).not.toThrow();
  });

  it("are refused with both numbers and the nearest size that would match", () => {
    // 13 numbers a latent in each of 3 layers.
    expect(() => matchArms({ arms: twoArms(stan(50), lora(52)), match: "parameters" }, model)).toThrow(
      /LoRA r=52 of other has 2.028 trainable parameters, STAN M=50 k=2 of one has 1.950: .*The nearest rank is 50\./,
    );
    expect(() => matchArms({ arms: twoArms(lora(6), stan(50)), match: "activeParameters" }, model)).toThrow(/The nearest k is 6\./);
    expect(() => matchArms({ arms: twoArms(lora(60), stan(50)), match: "activeParameters" }, model)).toThrow(/No k brings it within that/);
  });

  it("are held to the flops of the adapter alone, of which the base model's are no part", () => {
    // 2·(50·8 + 2·5)·3 flops of STAN; a rank takes 2·13·3.
    expect(countAdapter(experimentArm.shape.adapters.parse([stan(50)])[0] as AdapterConfig, model)?.flops).toBe(2460);
    const encoder: ModelSummary = { ...model, architecture: "bert" };
    expect(countAdapter(experimentArm.shape.adapters.parse([stan(50)])[0] as AdapterConfig, encoder)?.flops).toBe(2460);
    expect(() => matchArms({ arms: twoArms(stan(50), lora(50)), match: "flops" }, model)).toThrow(/The nearest rank is 32\./);
    expect(() => matchArms({ arms: twoArms(stan(50), lora(32)), match: "flops" }, model)).not.toThrow();
  });

  it("cannot be held to a size that is not known before it runs", () => {
    const named = { ...lora(3), targets: { modules: ["layers.1.v_proj"], layers: null } };
    expect(() => matchArms({ arms: twoArms(stan(50), named), match: "parameters" }, model)).toThrow(/match the sweep budget only/);
  });
});
