import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { fixtureName, inFileOrder, largestDifference, type Method } from "@/tests/server/engine/tiny";
import { headName } from "@/tests/server/engine/tiny-encoder";
import { imagesOf, openTinyVision, type TinyVision, tinyImages, tinyVisionStart, VISION_ENCODERS } from "@/tests/server/engine/tiny-vision";
import { fixturesFolder, references } from "@/tests/support/fixtures";

/** With how many times the difference between float32 and float64 in PyTorch gradients may differ: GELU is a fit in WebAssembly. */
const ENGINES = [
  ["TensorFlow with own kernels", 2, { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow without own kernels", 2, { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", 4, { prefer: "wasm" }],
] as const;

describe.runIf(fixturesFolder).each(ENGINES)("vision encoders as transformers computes them, on %s", references, (_, rounding, engine) => {
  describe.each(VISION_ENCODERS)("tiny %s", (architecture) => {
    let tiny: TinyVision;

    beforeAll(async () => {
      await startEngine(engine);
      tiny = openTinyVision(fixturesFolder ?? "", architecture);
    });
    afterAll(() => {
      tiny.encoder.free();
      tiny.values.close();
      expect(liveTensors()).toBe(0);
    });

    const scoresOf = (batch: ImageBatch, head: TrainedHead, hooks?: ProjectionHooks) =>
      tidy(() => readFloats(tiny.model.scores(batch, hooks, head.read())));

    it("gives every hidden state, the final norm and the scores of the checkpoint's head", () => {
      const { final, hiddenStates } = tiny.encoder.forward(tinyImages(tiny, 0), { hiddenStates: "all" });
      expect(hiddenStates.length).toBe(3);
      hiddenStates.forEach((state, i) => {
        expect(largestDifference(readFloats(state), tiny.values.read(`base.hidden.${i}`))).toBeLessThan(2e-5);
      });
      expect(largestDifference(readFloats(final), tiny.values.read("base.final_norm"))).toBeLessThan(1e-5);
      free(final, hiddenStates);
      const { head, from } = TrainedHead.start(tiny.model, 1);
      expect(from).toBe("checkpoint");
      expect(largestDifference(scoresOf(tinyImages(tiny, 0), head), tiny.values.read("base.logits"))).toBeLessThan(1e-5);
      head.free();
    });

    it.each(["stan", "lora"] as const)("gives the scores with a %s adapter, in the form that trains and the form that runs", (method) => {
      const { adapter, head } = tinyVisionStart(tiny, method);
      for (const hooks of [adapter.trainingHooks(), adapterHooks(adapter)]) {
        const got = scoresOf(tinyImages(tiny, 0), head, hooks);
        expect(largestDifference(got, tiny.values.read(`${method}.logits`))).toBeLessThan(1e-5);
      }
      adapter.free();
      head.free();
    });

    it.each(["stan", "lora"] as const)("gives the gradients of a %s adapter and of its head", (method) => {
      const { adapter, head } = tinyVisionStart(tiny, method);
      // How far PyTorch's own float32 is from float64: almost 1e-6 where states reach 13.
      const drift = tiny.expected.float64[`${method}_max_abs_drift`].grad;
      for (const options of [{}, { recomputes: true }]) {
        const { lossSum, gradients } = tiny.model.lossAndGradients(
          tinyImages(tiny, 0),
          adapter.trainingHooks(),
          head.read(),
          1 / 4,
          options,
        );
        expect(lossSum / 4).toBeCloseTo(tiny.expected[method].losses[0] ?? Number.NaN, 4);
        expect([...gradients.keys()].sort()).toEqual(
          [
            ...tiny.expected.modules.flatMap((module) => partsOf(method).map((part) => `${module}.${part}`)),
            "classifier.weight",
            "classifier.bias",
          ].sort(),
        );
        for (const [key, gradient] of gradients) {
          const wanted = tiny.values.read(gradientName(method, key));
          expect(largestDifference(inFileOrder(key, gradient), wanted), key).toBeLessThan(Math.max(1e-6, rounding * drift));
        }
        free([...gradients.values()]);
      }
      adapter.free();
      head.free();
    });

    it("gives the scores of images of other sizes, with interpolated positions", () => {
      const { head } = TrainedHead.start(tiny.model, 1);
      const sizes = tiny.values.names().filter((name) => /^edge\.resize\.\d+\.pixel_values$/.test(name));
      expect(sizes.length).toBeGreaterThan(1);
      for (const name of sizes) {
        const got = scoresOf(imagesOf(tiny, name, undefined, true), head);
        expect(largestDifference(got, tiny.values.read(name.replace("pixel_values", "logits"))), name).toBeLessThan(1e-5);
      }
      head.free();
    });
  });
});

const partsOf = (method: Method) => (method === "stan" ? ["E", "D"] : ["A", "B"]);

function gradientName(method: Method, key: string): string {
  if (key.startsWith("classifier.")) return headName(method, `${method}.grad`, key);
  const at = key.lastIndexOf(".");
  return fixtureName(method, `${method}.grad`, key.slice(0, at), key.slice(at + 1));
}
