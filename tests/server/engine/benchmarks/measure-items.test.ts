import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isExactMatch } from "@/lib/numbers/metrics/answers";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { BenchmarkContext } from "@/server/engine/benchmarks/benchmark-context";
import type { BenchmarkMaterial, ChoiceRow, CompletionRow, ItemReadings } from "@/server/engine/benchmarks/benchmark-material";
import { beforeStop } from "@/server/engine/benchmarks/measure-completions";
import { measureItems, unitsOf } from "@/server/engine/benchmarks/measure-items";
import { rowLosses } from "@/server/engine/evaluation/row-losses";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { LabelledRow } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { stanSettings } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";

const vocab = 23;
const endIds = [7];
const letters = (ids: readonly number[]) => ids.map((id) => String.fromCharCode(97 + id)).join("");
const random = new Random(8);
const some = (length: number) => Array.from({ length }, () => random.nextBelow(vocab));

/** Token by token, without caches, batches or the adapter's fused paths: the last position's logits of a pass over the whole text. */
function logitsAfter(model: CausalModel, ids: readonly number[], hooks?: ProjectionHooks): number[] {
  return tidy(() => {
    const { final } = model.forward({ ids: Int32Array.from(ids), rows: 1, tokens: ids.length }, { hooks });
    return Array.from(readFloats(model.logits(final)).subarray((ids.length - 1) * vocab));
  });
}

function logProbability(logits: readonly number[], id: number): number {
  return (logits[id] ?? Number.NaN) - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
}

function labelledEnd(prompt: readonly number[], end: readonly number[]): LabelledRow {
  const ids = Int32Array.from([...prompt, ...end]);
  return { ids, labels: ids.map((id, at) => (at >= prompt.length ? id : -100)) };
}

describe("measureItems", () => {
  let model: CausalModel;
  let adapter: Adapter;
  let hooks: ProjectionHooks;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
    adapter = Adapter.create(
      model.projections,
      stanSettings(["v_proj", "down_proj"], { numLatents: 7, k: 3, init: "small", alpha: 90 }),
      1,
    );
    hooks = adapterHooks(adapter);
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  function measure(material: BenchmarkMaterial, arm: BenchmarkContext["arm"]): { items: ItemReadings; units: number } {
    const work = measureItems({ model, adapter, arm, isSpecial: (id) => id === 1, decode: letters, endIds }, material);
    let units = 0;
    for (;;) {
      const step = work.next();
      if (step.done === true) return { items: step.value, units };
      units += step.value ?? 0;
    }
  }

  it("gives a text's loss as the engine's rowLosses has it, and 0 of 0 tokens where a row is left out", () => {
    const rows = [11, 3, 5, 2].map((length) => labelledEnd([], some(length)));
    const material: BenchmarkMaterial = { kind: "languageModel", rows: [rows[0] ?? null, null, ...rows.slice(1)] };
    for (const [arm, own] of [["on", hooks] as const, ["off", undefined] as const]) {
      const pass = rowLosses(model, rows, own);
      let step = pass.next();
      while (step.done !== true) step = pass.next();
      const { items, units } = measure(material, arm);
      const [first, ...rest] = step.value;
      expect([...items.lossSums]).toEqual([first?.lossSum, 0, ...rest.map(({ lossSum }) => lossSum)]);
      expect([...items.labelTokens]).toEqual([10, 0, 2, 4, 1]);
      expect(items.answers).toBeNull();
      expect([units, unitsOf(material)]).toEqual([4, 4]);
    }
    expect(measure(material, "on").items.lossSums[0]).not.toBeCloseTo(measure(material, "off").items.lossSums[0] ?? 0, 3);
  });

  it("completes prompts as a token by token loop does, cut at the end token and the context, and compares with references", () => {
    const prompts = [some(5), some(2), some(27), some(3), some(2)];
    for (const [arm, own] of [["on", hooks] as const, ["off", undefined] as const]) {
      const wanted = prompts.map((prompt) => {
        const written: number[] = [];
        while (written.length < 6 && prompt.length + written.length <= 29) {
          const logits = logitsAfter(model, [...prompt, ...written], own);
          const next = logits.indexOf(Math.max(...logits));
          if (next === 7) break;
          written.push(next);
        }
        return letters(written);
      });
      // Three of the references are right, one only but for what follows the stop, and one row is left out.
      const references = wanted.map((answer, place) => (place === 1 ? `${answer}x` : answer));
      const rows = prompts.map((prompt, place): CompletionRow => {
        const labelled = labelledEnd(prompt, [place + 1, 2]);
        return { labelled, prompt: Int32Array.from(prompt), reference: references[place] ?? "" };
      });
      const material: BenchmarkMaterial = {
        kind: "completion",
        rows: [...rows.slice(0, 3), null, ...rows.slice(3)],
        maxNewTokens: 6,
        stop: [],
        isRight: (answer, reference) => isExactMatch(answer, [reference]),
      };
      const { items, units } = measure(material, arm);
      expect(items.answers?.texts).toEqual([...wanted.slice(0, 3), null, ...wanted.slice(3)]);
      expect([...(items.answers?.right ?? [])]).toEqual([1, 0, 1, 0, 1, 1]);
      expect(items.labelTokens[4]).toBe(2);
      expect([units, unitsOf(material)]).toEqual([10, 10]);
    }
  });

  it("chooses the most probable choice, by itself and per byte, as sums of log-probabilities have it", () => {
    const sizes = [2, 3, 1, 4];
    const spellings = ["é", "a", "ab", "éé"];
    const questions = Array.from({ length: 19 }, (_, place) => ({
      prompt: some(2 + (place % 5)),
      ends: sizes.map((size) => some(size)),
      answer: place % 4,
    }));
    const rows = questions.map(({ prompt, ends, answer }): ChoiceRow => {
      const choices = ends.map((end, place) => ({ text: spellings[place]?.repeat(end.length) ?? "", labelled: labelledEnd(prompt, end) }));
      return { choices, answer };
    });
    const lengths = {
      none: [1, 1, 1, 1],
      tokens: sizes,
      characters: sizes.map((size, place) => size * (spellings[place]?.length ?? 0)),
      bytes: sizes.map((size, place) => size * Buffer.byteLength(spellings[place] ?? "")),
    };
    const differing = new Set<string>();
    for (const [arm, own] of [["on", hooks] as const, ["off", undefined] as const]) {
      const { items, units } = measure({ kind: "choice", rows }, arm);
      expect(units).toBe(4 * 19);
      questions.forEach(({ prompt, ends, answer }, row) => {
        const sums = ends.map((end) =>
          end.reduce((sum, id, at) => sum + logProbability(logitsAfter(model, [...prompt, ...end.slice(0, at)], own), id), 0),
        );
        const best = (length: readonly number[]) => {
          const scores = sums.map((sum, place) => sum / (length[place] ?? Number.NaN));
          return scores.indexOf(Math.max(...scores));
        };
        expect(items.lossSums[row]).toBeCloseTo(-(sums[answer] ?? 0), 4);
        expect(items.answers?.right?.[row]).toBe(best(lengths.none) === answer ? 1 : 0);
        expect(items.answers?.rightPerByte?.[row]).toBe(best(lengths.bytes) === answer ? 1 : 0);
        expect(items.answers?.texts[row]).toBe(rows[row]?.choices[best(lengths.none)]?.text);
        for (const [rule, length] of Object.entries(lengths))
          if ((best(length) === answer) !== (best(lengths.bytes) === answer)) differing.add(rule);
      });
    }
    // No other rule would have given the same.
    expect([...differing].sort()).toEqual(["characters", "none", "tokens"]);
  });

  it("gives identical items when it is done again", () => {
    const rows = [4, 2, 9].map((length): CompletionRow => {
      const prompt = some(length);
      return { labelled: labelledEnd(prompt, some(3)), prompt: Int32Array.from(prompt), reference: "a" };
    });
    const material: BenchmarkMaterial = { kind: "completion", rows, maxNewTokens: 5, stop: ["c"], isRight: () => true };
    expect(measure(material, "on").items).toEqual(measure(material, "on").items);
  });

  it("refuses material of which every row is left out", () => {
    expect(() => measure({ kind: "choice", rows: [null, null] }, "on")).toThrow("all 2 rows are left out");
  });
});

describe("beforeStop", () => {
  it("ends a text before the first of its stops", () => {
    expect(beforeStop("12\n\nQuestion: 3", ["Question:", "\n\n"])).toBe("12");
    expect(beforeStop("12", ["\n"])).toBe("12");
  });
});
