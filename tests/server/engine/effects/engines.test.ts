import { describe, expect, it } from "vitest";
import type { LatentMethodName } from "@/lib/contract/methods/methods";
import { measureAblations } from "@/server/engine/effects/ablation";
import { attributeLatents } from "@/server/engine/effects/attribution";
import { logitEffects } from "@/server/engine/effects/logit-effect";
import { readText } from "@/server/engine/effects/read-text";
import { relatedLatents } from "@/server/engine/effects/related-latents";
import { batchRows } from "@/server/engine/models/row-batches";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { worstDifference } from "@/tests/server/engine/tensor/engines";
import { loadToy } from "@/tests/server/engine/toy";
import { finish, toyAdapters, toyMethods, toyRows, toyStan } from "./toy-adapters";

const TARGETS = ["v_proj", "down_proj"];

/** Every number that the room measures, of a small adapter on one form of the engine. */
async function numbersOn(options: EngineOptions, method: LatentMethodName): Promise<number[]> {
  await startEngine(options);
  const model = loadToy("llama");
  const adapter = method === "stan" ? toyStan(model, TARGETS, { selection: "relu", k: 5 }) : toyAdapters[method](model, TARGETS);
  const rows = toyRows();
  const attribution = finish(
    attributeLatents(
      model,
      adapter,
      batchRows(rows, 40).map(({ batch }) => batch),
    ),
  ).result;
  const [, , , down] = adapter.modules;
  const latent = { module: down?.module ?? "", index: 1 };
  const measured = finish(measureAblations(model, adapter, rows, [{ latent, controls: [2] }])).progress.at(-1);
  const effects = measured?.kind === "measured" ? measured.effects : [];
  const related = finish(relatedLatents(adapter, { count: 3 })).result;
  const logits = finish(logitEffects(model, adapter, latent.module)).result;
  const reading = readText(model, adapter, Int32Array.of(3, 17, 8, 1, 20), { attribution: true });
  adapter.free();
  model.free();
  expect(liveTensors()).toBe(0);
  return [
    ...[...attribution.values()].flatMap(({ sum, count }) => [...sum, ...count]),
    ...effects.flatMap(({ delta, perFiring, firings, controls, writes }) => [
      delta,
      perFiring,
      firings,
      ...controls.map((control) => control.delta),
      ...(writes?.raised ?? []).flatMap(({ token, change, halfWidth }) => [token, change, halfWidth ?? 0]),
    ]),
    ...[...related.modules.values()].flatMap(({ decoder, encoder }) => [...decoder.cosines, ...encoder.cosines]),
    ...(logits?.raised.values ?? []),
    ...(logits?.lowered.values ?? []),
    ...reading.losses.subarray(1),
    ...reading.modules.flatMap(({ outputShares, attributions }) => [...outputShares, ...(attributions ?? [])]),
  ];
}

describe.each(toyMethods)("what is measured of a %s adapter", (method) => {
  it("is the same on our own kernels, on TensorFlow's operations and on WebAssembly", async () => {
    const own = await numbersOn({ prefer: "tensorflow", kernels: "own" }, method);
    expect(own.length).toBeGreaterThan(200);
    expect(own.every(Number.isFinite)).toBe(true);
    expect(worstDifference(await numbersOn({ prefer: "tensorflow", kernels: "twin" }, method), own)).toBeLessThan(1e-5);
    expect(worstDifference(await numbersOn({ prefer: "wasm", kernels: "twin" }, method), own)).toBeLessThan(1e-5);
  });
});
