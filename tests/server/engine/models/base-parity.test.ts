import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Batch } from "@/server/engine/models/batch";
import { freeSequence } from "@/server/engine/models/sequence";
import { argMaxLast } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference, openTiny, type Tiny, tinyBatch } from "@/tests/server/engine/tiny";
import { fixturesFolder, references } from "@/tests/support/fixtures";

/** Their references have no adapter: they are variants of a model that is trained elsewhere. */
const FOLDERS = ["mistral", "llama-rope-linear", "llama-rope-dynamic", "llama-rope-yarn", "llama-rope-llama3"];

const ENGINES = [
  ["own kernels", { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow's own operations", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

describe.runIf(fixturesFolder).each(ENGINES.flatMap(([engine, options]) => FOLDERS.map((folder) => [folder, engine, options] as const)))(
  "tiny %s without an adapter on %s, as transformers computes it",
  references,
  (folder, _, options) => {
    let tiny: Tiny;

    beforeAll(async () => {
      await startEngine(options);
      tiny = openTiny(fixturesFolder ?? "", folder);
    });
    afterAll(() => {
      tiny.model.free();
      expect(liveTensors()).toBe(0);
    });

    const ints = (name: string) => Int32Array.from(tiny.values.readInts(name), Number);
    const batchOf = (name: string): Batch => {
      const [rows = 0, tokens = 0] = tiny.values.shape(name);
      return { ids: ints(name), rows, tokens };
    };
    const logitsOf = (batch: Batch) => tidy(() => readFloats(tiny.model.logits(tiny.model.forward(batch).final)));

    it("gives every hidden state and the logits, at padding too", () => {
      const { final, hiddenStates } = tiny.model.forward(tinyBatch(tiny, 0), { hiddenStates: "all" });
      hiddenStates.forEach((state, i) => {
        expect(largestDifference(readFloats(state), tiny.values.read(`base.hidden.${i}`))).toBeLessThan(2e-5);
      });
      const logits = tiny.model.logits(final);
      expect(largestDifference(readFloats(logits), tiny.values.read("base.logits"))).toBeLessThan(2e-5);
      free(final, hiddenStates, logits);
    });

    it.each(["left", "right"])("gives padded rows on the %s the logits of each row alone", (side) => {
      const batch = { ...batchOf(`edge.pad.${side}_ids`), attentionMask: ints(`edge.pad.${side}_mask`) };
      const logits = logitsOf(batch);
      const { vocab } = tiny.model.config;
      tiny.expected.edge.padding.lengths.forEach((length, row) => {
        const first = row * batch.tokens + (side === "left" ? batch.tokens - length : 0);
        const own = logits.subarray(first * vocab, (first + length) * vocab);
        expect(largestDifference(own, tiny.values.read(`edge.pad.logits.${row}`))).toBeLessThan(2e-5);
      });
    });

    it("decodes greedily with the cache, alone and beside a shorter prompt, as without it", () => {
      const prompt = ints("edge.greedy.prompt_ids");
      const wanted = Array.from(ints("edge.greedy.ids")).slice(prompt.length);
      const decoded = (prompts: Int32Array[]) => {
        const { sequences, logits } = tiny.model.prefill(prompts, { maxTokens: prompt.length + wanted.length });
        const first: number[] = [];
        let present = logits;
        while (first.length < wanted.length) {
          const ids = tidy(() => readInts(argMaxLast(present)));
          free(present);
          first.push(ids[0] as number);
          present = tiny.model.decode(sequences, ids);
        }
        free(present);
        for (const sequence of sequences) freeSequence(sequence);
        return first;
      };
      expect(decoded([prompt])).toEqual(wanted);
      expect(decoded([prompt, prompt.subarray(0, 3)])).toEqual(wanted);
    });

    it("gives the logits of rows beyond the length that its frequencies were made for", () => {
      if (!tiny.values.names().includes("long.logits")) return;
      // Float32 itself is 3e-5 away from double precision on such rows.
      expect(largestDifference(logitsOf(batchOf("long.input_ids")), tiny.values.read("long.logits"))).toBeLessThan(3e-5);
    });
  },
);
