import { afterEach, beforeAll, expect, it } from "vitest";
import { engineInfo, startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largest, largestDifference, openTiny, tinyAdapter } from "@/tests/server/engine/tiny";
import { GOLDEN_LLAVAS, tinyLlavaBatch } from "@/tests/server/engine/tiny-llava";
import { goldenFolder } from "@/tests/support/fixtures";

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

it.each(GOLDEN_LLAVAS)(
  "%s computes with weights in bfloat16 nearly the same, and learns in tower, projector and language model",
  (name) => {
    if (!engineInfo().bfloat16) return;
    const exact = openTiny(goldenFolder, name);
    const fast = openTiny(goldenFolder, name, { frozen: "bfloat16" });
    const batch = tinyLlavaBatch(exact, 0);
    const logitsOf = (model: typeof exact.model) => tidy(() => readFloats(model.logits(model.forward(batch).final)));
    const wanted = logitsOf(exact.model);
    expect(largestDifference(logitsOf(fast.model), wanted)).toBeLessThan(0.05 * largest(wanted));
    const adapter = tinyAdapter(fast, "lora");
    const { gradients } = fast.model.lossAndGradients(batch, adapter.trainingHooks(), 1, { recomputes: true });
    expect(gradients.size).toBe(2 * adapter.modules.length);
    for (const [key, gradient] of gradients) expect(largest(readFloats(gradient)), key).toBeGreaterThan(0);
    free(gradients);
    adapter.free();
    for (const { model, values } of [exact, fast]) {
      model.free();
      values.close();
    }
  },
);

it.each(GOLDEN_LLAVAS)("%s gives the same gradients where blocks are computed again", (name) => {
  const tiny = openTiny(goldenFolder, name);
  const adapter = tinyAdapter(tiny, "stan");
  const batch = tinyLlavaBatch(tiny, 1);
  const whole = tiny.model.lossAndGradients(batch, adapter.trainingHooks(), 1);
  const again = tiny.model.lossAndGradients(batch, adapter.trainingHooks(), 1, { recomputes: true });
  expect(again.lossSum).toBe(whole.lossSum);
  for (const [key, gradient] of whole.gradients) {
    const other = again.gradients.get(key);
    expect(other && readFloats(other), key).toEqual(readFloats(gradient));
  }
  free(whole.gradients, again.gradients);
  adapter.free();
  tiny.model.free();
  tiny.values.close();
});
