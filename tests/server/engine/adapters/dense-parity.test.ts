import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import type { Edit, EditScope } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import type { AdapterSettings, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { freeSequence } from "@/server/engine/models/sequence";
import type { WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { largest, largestDifference, stanSettings } from "@/tests/server/engine/tiny";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { goldenFolder } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { computedCases } from "@/tests/support/methods/methods";
import { seededRandom } from "@/tests/support/seeded-random";
import { denseEdits } from "./dense-edits";
import { denseLogits, product, vector } from "./dense-model";
import { randomAdapter } from "./random-adapter";
import { editOf, LORA_OPERATIONS, randomEdits, STAN_OPERATIONS } from "./random-edits";

const TOKENS = 11;
const PROMPT = 5;
const ids = Int32Array.from({ length: TOKENS }, (_, i) => (i * 7 + 3) % 23);
const isSpecial = (id: number) => id % 3 === 0;

/** Logits differ by less than this share of the largest; float32 keeps 6e-8 of each of the some hundred sums on the way. */
const TOLERANCE = 1e-5;
/** A rank or threshold that is decided by less may fall either way in float32. */
const UNDECIDED = 1e-5;

const llamaTargets = ["q_proj", "v_proj", "down_proj"];
const gpt2Targets = ["c_attn", "c_fc"];
type Case = readonly [name: string, architecture: "llama" | "gpt2", settings: AdapterSettings];
const onLlama = computedCases(llamaTargets).map(([name, settings]): Case => [name, "llama", settings]);
const onGpt2 = computedCases(gpt2Targets).map(([name, settings]): Case => [name, "gpt2", settings]);
const CASES = [...onLlama, ...onGpt2.filter(([name]) => !/relu|abs|BatchTopK/.test(name))];
const CHECKPOINTS: readonly Case[] = [
  ["STAN signed", "llama", stanSettings(llamaTargets, { numLatents: 31, k: 5 })],
  ["STAN signed", "gpt2", stanSettings(gpt2Targets, { numLatents: 31, k: 5 })],
];

describe.each(CASES)("edits of %s on a small %s", (_, architecture, settings) => {
  compare(toyConfigs[architecture], toyWeights(toyConfigs[architecture]), settings, 240);
});

describe.each(CHECKPOINTS)("edits of %s on the tiny %s that transformers wrote", (_, architecture, settings) => {
  const { config, weights } = openCheckpoint(join(goldenFolder, "tiny", architecture));
  compare(config, weights, settings, 30);
});

function compare(raw: RawModelConfig, weights: WeightSource, settings: AdapterSettings, numLists: number): void {
  const source = remembered(weights);
  const { vocab } = parseModelConfig(raw);
  let model: CausalModel;
  let adapter: Adapter;
  let tensors: ReadonlyMap<string, AdapterTensors>;

  beforeAll(async () => {
    await startEngine();
    model = loadCausalModel(raw, source);
    ({ adapter, tensors } = randomAdapter(model.projections, settings));
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  /** Float64 logits of each token, all in one, and how near the closest decision was. */
  function denseOf(edits: readonly Edit[]): { logits: number[]; closest: number } {
    const { update, closest } = denseEdits({
      modules: adapter.modules,
      tensors,
      edits,
      ids,
      promptLength: PROMPT,
      isSpecial,
      frozen: frozenOf,
    });
    const rows = denseLogits(parseModelConfig(raw), source, ids, update);
    return { logits: rows.flatMap((row) => Array.from(row)), closest: closest() };
  }

  /** A module's weight by output; GPT-2 stores it by input. */
  function frozenOf(module: string) {
    const values = source.read(`${module}.weight`);
    const [first = 0, second = 0] = source.shape(`${module}.weight`);
    const isByInput = parseModelConfig(raw).storesByInput;
    const [dOut, dIn] = isByInput ? [second, first] : [first, second];
    const at = (o: number, c: number) => values[isByInput ? c * dOut + o : o * dIn + c] as number;
    const weight = vector(dOut * dIn, (i) => at(Math.floor(i / dIn), i % dIn));
    const rows = Array.from({ length: dOut }, (_, o) => weight.subarray(o * dIn, (o + 1) * dIn));
    return { rows, times: (x: readonly ArrayLike<number>[]) => product(weight, x, undefined) };
  }

  /** Logits of each list's row, all lists in one pass between a row of the base model and one of the plain adapter. */
  function engineOf(lists: readonly (readonly Edit[])[]): Float32Array[] {
    const arms = [{}, ...lists.map((edits) => ({ adapter, edits, isSpecial })), { adapter }];
    const rows = arms.length;
    const batch = {
      ids: Int32Array.from({ length: rows * TOKENS }, (_, i) => ids[i % TOKENS] as number),
      rows,
      tokens: TOKENS,
      promptLengths: new Int32Array(rows).fill(PROMPT),
    };
    const logits = tidy(() => readFloats(model.logits(model.forward(batch, { hooks: armHooks(arms) }).final)));
    return lists.map((_, i) => logits.subarray((i + 1) * TOKENS * vocab, (i + 2) * TOKENS * vocab));
  }

  /** The same token by token: the prompt is read at once, then each token in a step of its own; logits from the prompt's last token on. */
  function decodedOf(edits: readonly Edit[]): Float32Array {
    const hooks = armHooks([{ adapter, edits, isSpecial }]);
    const { sequences, logits } = model.prefill([ids.subarray(0, PROMPT)], { hooks, maxTokens: TOKENS });
    const read = [...readFloats(logits)];
    free(logits);
    for (let at = PROMPT; at < TOKENS; at++) {
      const next = model.decode(sequences, ids.subarray(at, at + 1), hooks);
      read.push(...readFloats(next));
      free(next);
    }
    for (const sequence of sequences) freeSequence(sequence);
    return Float32Array.from(read);
  }

  it("agree with float64 for each operation, condition and scope", () => {
    const plain = denseOf([]).logits;
    const operations = latentMethodOf(settings).hasTopK ? STAN_OPERATIONS : LORA_OPERATIONS;
    const [first, second] = [adapter.modules[0]?.module ?? "", adapter.modules.at(-1)?.module ?? ""];
    const conditions = [
      {},
      { onlyIfFiring: true },
      { onlyIf: { latent: { module: second, index: 1 }, above: 0.1 } },
      { onlyIf: { latent: { module: first, index: 4 }, above: -0.2 } },
      { skipsSpecialTokens: true },
    ];
    const scopes: EditScope[] = ["all", "prompt", "generated", { from: 3, to: 6 }];
    const effects = new Map<string, number>();
    for (const operation of operations) {
      const lists = conditions.flatMap((terms) =>
        scopes.map((scope) =>
          [0, 2, 3].map((index) => editOf(operation, { module: second, index }, 1.25 + index, { isOn: true, scope, ...terms })),
        ),
      );
      engineOf(lists).forEach((logits, i) => {
        const dense = denseOf(lists[i] ?? []);
        expect(dense.closest).toBeGreaterThan(UNDECIDED);
        expect(largestDifference(logits, dense.logits) / largest(dense.logits), JSON.stringify(lists[i])).toBeLessThan(TOLERANCE);
        effects.set(operation, Math.max(effects.get(operation) ?? 0, largestDifference(dense.logits, plain)));
      });
    }
    for (const operation of operations) expect(effects.get(operation), operation).toBeGreaterThan(1e-2);
  });

  it(`agree with float64 for ${numLists} lists drawn at random, read at once and some token by token`, () => {
    const random = seededRandom(17);
    let [compared, undecided, changing] = [0, 0, 0];
    const plain = denseOf([]).logits;
    while (compared < numLists) {
      const lists = Array.from({ length: 5 }, () => randomEdits(adapter.modules, random));
      const rows = engineOf(lists);
      lists.forEach((edits, i) => {
        const dense = denseOf(edits);
        if (dense.closest < UNDECIDED) {
          undecided++;
          return;
        }
        const worst = largestDifference(rows[i] ?? [], dense.logits) / largest(dense.logits);
        expect(worst, JSON.stringify(edits)).toBeLessThan(TOLERANCE);
        if (compared % 6 === 0) {
          const decoded = largestDifference(decodedOf(edits), dense.logits.slice((PROMPT - 1) * vocab)) / largest(dense.logits);
          expect(decoded, JSON.stringify(edits)).toBeLessThan(TOLERANCE);
        }
        if (largestDifference(dense.logits, plain) > 1e-2) changing++;
        compared++;
      });
    }
    expect(undecided).toBeLessThan(numLists / 5);
    expect(changing).toBeGreaterThan(numLists / 2);
  });
}

/** Reads each weight once. */
function remembered(source: WeightSource): WeightSource {
  const read = new Map<string, Float32Array>();
  const names = source.names();
  return {
    names: () => names,
    shape: (name) => source.shape(name),
    read(name) {
      const values = read.get(name) ?? source.read(name);
      read.set(name, values);
      return values;
    },
  };
}
