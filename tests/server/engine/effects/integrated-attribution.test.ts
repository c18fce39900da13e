import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { attributeLatents } from "@/server/engine/effects/attribution";
import { integratedAttribution } from "@/server/engine/effects/integrated-attribution";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { padRows } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { finish, toyAdapters, toyMethods, toyRows } from "@/tests/server/engine/effects/toy-adapters";
import { loadToy } from "@/tests/server/engine/toy";

describe("integratedAttribution", () => {
  let model: CausalModel;
  const rows = toyRows();
  const batches = [padRows(rows.slice(0, 6)), padRows(rows.slice(6))];

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
  });
  afterAll(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const lossOf = (hooks?: ReturnType<typeof adapterHooks>) =>
    batches.reduce(
      (sum, batch) => sum + model.tokenLosses(batch, hooks).reduce((all, loss) => all + (Number.isNaN(loss) ? 0 : loss), 0),
      0,
    );

  it.each(toyMethods)(
    "of %s adds up to what the whole adapter takes from the loss, which the gradient at the adapter does not",
    (method) => {
      const adapter = toyAdapters[method](model, ["v_proj", "o_proj"]);
      const gain = lossOf() - lossOf(adapterHooks(adapter));
      const total = (sums: Iterable<Float64Array>) => [...sums].reduce((all, own) => all + own.reduce((sum, value) => sum + value, 0), 0);
      const { result, progress } = finish(integratedAttribution(model, adapter, batches, 32));
      const atAdapter = finish(attributeLatents(model, adapter, batches)).result;
      // Of STAN, latents enter and leave the selection along the path, where the loss jumps.
      expect(Math.abs(total(result.values()) - gain)).toBeLessThan((method === "stan" ? 0.12 : 0.03) * Math.abs(gain));
      expect(Math.abs(total([...atAdapter.values()].map(({ sum }) => sum)) - gain)).toBeGreaterThan(0.1 * Math.abs(gain));
      expect(progress.at(-1)).toBe(32 * rows.length - 1);
      adapter.free();
    },
  );

  it("with the whole update is attribution", () => {
    const adapter = toyAdapters.stan(model, ["v_proj", "o_proj"]);
    const [plain, whole] = [
      finish(attributeLatents(model, adapter, batches)).result,
      finish(attributeLatents(model, adapter, batches, 1)).result,
    ];
    expect(whole).toEqual(plain);
    adapter.free();
  });
});
