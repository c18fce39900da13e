import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gainResult, measuredCounts, rowsOfGain } from "@/lib/contract/gain-kept";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { outputShares } from "@/server/engine/effects/output-shares";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { padRows } from "@/server/engine/models/row-batches";
import { onlyFirst, orderByValue } from "@/server/engine/studies/latent-order";
import { studyGain } from "@/server/engine/studies/study-gain";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { finish, toyLora, toyRows, toyStan } from "@/tests/server/engine/effects/toy-adapters";
import { plainBest, plainLogs } from "@/tests/server/engine/studies/plain-study";
import { toyContext } from "@/tests/server/engine/studies/toy-study";
import { loadToy } from "@/tests/server/engine/toy";

describe("studyGain", () => {
  let model: CausalModel;
  let adapter: Adapter;
  let live: number;
  const rows = toyRows();

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
    adapter = toyStan(model, ["v_proj", "o_proj"]);
    // Constants of the engine are made once.
    model.tokenLosses(padRows(rows), adapterHooks(adapter));
    live = liveTensors();
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  /** Labels that the adapter makes more probable than any others, so that it has a gain. */
  const learnt = (own: Adapter) =>
    rows.map(({ ids, labels }) => {
      const [logs, before] = [plainLogs(model, { adapter: own }, [...ids]), plainLogs(model, {}, [...ids])];
      const raised = (at: number) => plainBest(logs[at]?.map((value, id) => value - (before[at]?.[id] ?? 0)));
      return { ids, labels: labels.map((label, at) => (label === -100 || at === 0 ? label : raised(at - 1))) };
    });
  const study = (own: Adapter, more = {}) =>
    finish(studyGain(toyContext(model, own), { rows: learnt(own), isHeldOut: true, randomOrders: 2, seed: 0, ...more }));

  it.each(["stan", "lora"])("keeps exactly nothing without a latent and exactly all with all of them, of %s", (method) => {
    const own = method === "stan" ? adapter : toyLora(model, ["v_proj", "o_proj"]);
    const { result, progress } = study(own);
    expect(gainResult.parse(result)).toEqual(result);
    expect(result.gain.low).toBeGreaterThan(0);
    expect(result.gain.value).toBeCloseTo(result.baseLoss - result.adapterLoss, 10);
    expect(result.curves.map(({ order }) => order)).toEqual(["integrated", "attribution", "outputShare", "random"]);
    for (const { points } of result.curves) {
      expect(points.map(({ latents }) => latents)).toEqual([0, ...measuredCounts(result.latents), result.latents]);
      expect(points[0]?.share).toEqual({ value: 0, low: 0, high: 0 });
      expect(points.at(-1)?.share).toEqual({ value: 1, low: 1, high: 1 });
      expect(points[0]?.loss).toBe(result.baseLoss);
      expect(points.at(-1)?.loss).toBe(result.adapterLoss);
    }
    expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)?.total });
    // Row 4 of the eleven has no label.
    expect(progress.at(-1)?.total).toBe(rowsOfGain({ heldOutRows: 10, randomOrders: 2 }, result.latents));
    if (own !== adapter) own.free();
    expect(liveTensors()).toBe(live);
  });

  it("measures each point as a separate pass with all other latents ablated does", () => {
    const { result } = study(adapter);
    const { curves } = study(adapter).result;
    expect(curves).toEqual(result.curves);
    const [, second] = result.curves[0]?.points ?? [];
    expect(second?.latents).toBe(1);
    expect(second?.loss).not.toBe(result.baseLoss);
    const random = result.curves[3]?.points[3];
    expect(random?.lossByOrder).toHaveLength(2);
    expect(((random?.lossByOrder[0] ?? 0) + (random?.lossByOrder[1] ?? 0)) / 2).toBeCloseTo(random?.loss ?? 0, 10);
  });

  it("gives no share of a gain that may be 0", () => {
    const { result } = finish(studyGain(toyContext(model, adapter), { rows, isHeldOut: true, randomOrders: 1, seed: 0 }));
    expect(result.gain.low).toBeLessThanOrEqual(0);
    expect(result.curves.flatMap(({ points }) => points.map(({ share }) => share)).every((share) => share === null)).toBe(true);
  });

  it("leaves on the first latents of an order alone", () => {
    const [first, second] = adapter.modules;
    const values = new Map([[second?.module ?? "", Float64Array.from({ length: 13 }, (_, index) => index)]]);
    const order = orderByValue(adapter, values);
    expect([...order.subarray(0, 2)]).toEqual([25, 24]);
    const edits = onlyFirst(adapter, order, 2);
    expect(edits[0]).toMatchObject({ operation: "moduleOff", module: first?.module });
    expect(edits[1]).toMatchObject({ operation: "isolate", module: second?.module, indices: [11, 12] });
    const batch = padRows(rows);
    const all = model.tokenLosses(batch, adapterHooks(adapter, { edits: onlyFirst(adapter, order, order.length) }));
    expect(all).toEqual(model.tokenLosses(batch, adapterHooks(adapter)));
    expect(liveTensors()).toBe(live);
  });

  it("reads output shares that add up to 1 in each module, padding left out", () => {
    const whole = finish(outputShares(model, adapter, [padRows(rows)])).result;
    const alone = finish(
      outputShares(
        model,
        adapter,
        rows.map((row) => padRows([row])),
      ),
    ).result;
    for (const [module, shares] of whole) {
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      for (const [latent, share] of shares.entries()) expect(share).toBeCloseTo(alone.get(module)?.[latent] ?? Number.NaN, 4);
    }
    expect(liveTensors()).toBe(live);
  });

  it("refuses fewer than four rows with a label", () => {
    expect(() =>
      finish(studyGain(toyContext(model, adapter), { rows: rows.slice(0, 3), isHeldOut: true, randomOrders: 1, seed: 0 })),
    ).toThrow("3 of 3 rows have a label token, but at least 4 are needed");
  });
});
