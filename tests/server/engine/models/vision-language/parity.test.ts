import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Batch } from "@/server/engine/models/batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { argMaxLast } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { fixtureName, inFileOrder, largestDifference, openTiny, type Tiny, tinyAdapter } from "@/tests/server/engine/tiny";
import { imagesOf, intsOf, TINY_LLAVAS, tinyLlavaBatch } from "@/tests/server/engine/tiny-llava";
import { fixturesFolder, references } from "@/tests/support/fixtures";

const ENGINES = [
  ["TensorFlow with own kernels", { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

describe.runIf(fixturesFolder).each(ENGINES)("image-reading models as transformers computes them, on %s", references, (_, engine) => {
  describe.each(TINY_LLAVAS)("tiny %s", (architecture) => {
    let tiny: Tiny;

    beforeAll(async () => {
      await startEngine(engine);
      tiny = openTiny(fixturesFolder ?? "", architecture);
    });
    afterAll(() => {
      tiny.model.free();
      tiny.values.close();
      expect(liveTensors()).toBe(0);
    });

    const logitsOf = (batch: Batch, hooks?: ProjectionHooks) =>
      tidy(() => readFloats(tiny.model.logits(tiny.model.forward(batch, { hooks }).final)));

    it("gives every hidden state of the language model, features in the place of image tokens, and the logits", () => {
      const { final, hiddenStates } = tiny.model.forward(tinyLlavaBatch(tiny, 0), { hiddenStates: "all" });
      expect(hiddenStates.length).toBe(3);
      hiddenStates.forEach((state, i) => {
        const wanted = tiny.values.read(i < 2 ? `base.hidden.${i}` : "base.final_norm");
        // States reach 34, and PyTorch's own are 3e-5 from those in float64.
        expect(largestDifference(readFloats(state), wanted), `hidden.${i}`).toBeLessThan(i === 1 ? 5e-5 : 2e-5);
      });
      free(final, hiddenStates);
      expect(largestDifference(logitsOf(tinyLlavaBatch(tiny, 0)), tiny.values.read("base.logits"))).toBeLessThan(2e-5);
    });

    it.each(["stan", "lora"] as const)("gives the logits with a %s adapter, in the form that trains and the form that runs", (method) => {
      const adapter = tinyAdapter(tiny, method);
      for (const hooks of [adapter.trainingHooks(), adapterHooks(adapter)]) {
        expect(largestDifference(logitsOf(tinyLlavaBatch(tiny, 0), hooks), tiny.values.read(`${method}.logits`))).toBeLessThan(2e-5);
      }
      adapter.free();
    });

    it.each(["stan", "lora"] as const)("gives the first step's loss and gradients with %s", (method) => {
      const adapter = tinyAdapter(tiny, method);
      const batch = tinyLlavaBatch(tiny, 0);
      const labels = batch.labels.filter((label) => label !== -100).length;
      const { lossSum, gradients } = tiny.model.lossAndGradients(batch, adapter.trainingHooks(), 1 / labels);
      expect(Math.abs(lossSum / labels - (tiny.expected[method].losses[0] ?? Number.NaN))).toBeLessThan(2e-5);
      for (const [key, gradient] of gradients) {
        const [module, part] = [key.slice(0, key.lastIndexOf(".")), key.slice(key.lastIndexOf(".") + 1)];
        const wanted = tiny.values.read(fixtureName(method, `${method}.grad`, module, part));
        expect(largestDifference(inFileOrder(key, gradient), wanted), key).toBeLessThan(1e-6);
      }
      expect(gradients.size).toBe(8);
      free(gradients);
      adapter.free();
    });

    it.each(["left", "right"])("gives rows that are padded on the %s the logits of each row alone", (side) => {
      const adapter = tinyAdapter(tiny, "stan", "edge.stan");
      const [rows = 0, tokens = 0] = tiny.values.shape(`edge.pad.${side}_ids`);
      const padded = { ids: intsOf(tiny, `edge.pad.${side}_ids`), attentionMask: intsOf(tiny, `edge.pad.${side}_mask`), rows, tokens };
      const logits = logitsOf({ ...padded, images: imagesOf(tiny, "edge.pad.pixel_values") }, adapter.trainingHooks());
      const { vocab } = tiny.model.config;
      tiny.expected.edge.padding.lengths.forEach((length, row) => {
        const first = row * tokens + (side === "left" ? tokens - length : 0);
        const own = logits.subarray(first * vocab, (first + length) * vocab);
        expect(largestDifference(own, tiny.values.read(`edge.pad.logits.${row}`))).toBeLessThan(2e-5);
      });
      adapter.free();
    });

    it("gives the logits of a row with two images", () => {
      const adapter = tinyAdapter(tiny, "stan", "edge.stan");
      const [rows = 0, tokens = 0] = tiny.values.shape("edge.two.input_ids");
      const batch = { ids: intsOf(tiny, "edge.two.input_ids"), rows, tokens, images: imagesOf(tiny, "edge.two.pixel_values") };
      expect(largestDifference(logitsOf(batch, adapter.trainingHooks()), tiny.values.read("edge.two.logits"))).toBeLessThan(2e-5);
      adapter.free();
    });

    it("gives the gradients of a batch from those of its halves", () => {
      const adapter = tinyAdapter(tiny, "stan", "edge.stan");
      const [rows = 0, tokens = 0] = tiny.values.shape("edge.accum.input_ids");
      const images = imagesOf(tiny, "edge.accum.pixel_values");
      const labels = intsOf(tiny, "edge.accum.labels");
      const batch = { ids: intsOf(tiny, "edge.accum.input_ids"), labels, rows, tokens, images };
      const count = labels.filter((label) => label !== -100).length;
      const { lossSum, gradients } = tiny.model.lossAndGradients(batch, adapter.trainingHooks(), 1 / count);
      expect(Math.abs(lossSum / count - tiny.expected.edge.accumulation.batch_loss)).toBeLessThan(2e-5);
      for (const [key, gradient] of gradients) {
        expect(largestDifference(inFileOrder(key, gradient), tiny.values.read(`edge.accum.grad.${key}`)), key).toBeLessThan(1e-6);
      }
      free(gradients);
      adapter.free();
    });

    it("decodes greedily after a prompt with an image, and never chooses the image token", () => {
      const adapter = tinyAdapter(tiny, "stan", "edge.stan");
      const hooks = adapterHooks(adapter);
      const prompt = intsOf(tiny, "edge.greedy.prompt_ids");
      const wanted = Array.from(intsOf(tiny, "edge.greedy.ids")).slice(prompt.length);
      const images = imagesOf(tiny, "edge.greedy.pixel_values");
      let { sequences, logits } = tiny.model.prefill([prompt], { hooks, maxTokens: prompt.length + 16, images });
      const written: number[] = [];
      for (let step = 0; step < 16; step++) {
        const ids = tidy(() => readInts(argMaxLast(logits)));
        expect(readFloats(logits)[255]).toBeLessThan(-1e8);
        free(logits);
        written.push(...ids);
        logits = tiny.model.decode(sequences, ids, hooks);
      }
      free(logits);
      for (const sequence of sequences) freeSequence(sequence);
      expect(written).toEqual(wanted);
      adapter.free();
    });
  });
});
