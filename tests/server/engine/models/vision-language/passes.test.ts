import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { layRows } from "@/server/engine/effects/chosen-rows";
import { PrefixStates, textPasses } from "@/server/engine/effects/prefix-states";
import type { Batch } from "@/server/engine/models/batch";
import { someImages } from "@/server/engine/models/images";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { padRows } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference, openTiny, type Tiny, tinyAdapter } from "@/tests/server/engine/tiny";
import { GOLDEN_LLAVAS, llavaRows, tinyLlavaBatch } from "@/tests/server/engine/tiny-llava";
import { goldenFolder } from "@/tests/support/fixtures";

describe.each(GOLDEN_LLAVAS)("passes of tiny %s", (architecture) => {
  let tiny: Tiny;

  beforeAll(async () => {
    await startEngine();
    tiny = openTiny(goldenFolder, architecture);
  });
  afterAll(() => {
    tiny.model.free();
    expect(liveTensors()).toBe(0);
  });

  const finalOf = (batch: Batch, hooks?: ProjectionHooks) =>
    tidy(() => readFloats(tiny.model.forward(batch, { hooks, padding: "unread" }).final));
  const rowOf = (values: Float32Array, row: number, { rows }: Batch, tokens: number) => {
    const width = values.length / rows;
    return values.subarray(row * width, row * width + tokens * tiny.model.config.dModel);
  };

  it("give rows with one image, several and none what each has alone", () => {
    const rows = [...llavaRows(tinyLlavaBatch(tiny, 0)), { ids: Int32Array.of(1, 5, 9), labels: Int32Array.of(-100, 5, 9) }];
    const adapter = tinyAdapter(tiny, "stan");
    const hooks = adapterHooks(adapter);
    const batch = padRows(rows);
    const together = finalOf(batch, hooks);
    rows.forEach((row, at) => {
      expect(largestDifference(rowOf(together, at, batch, row.ids.length), finalOf(padRows([row]), hooks))).toBeLessThan(1e-5);
    });
    adapter.free();
  });

  it("give each row's images its own arm, below the language model too", () => {
    const batch = tinyLlavaBatch(tiny, 0);
    const adapter = tinyAdapter(tiny, "stan");
    const [tower] = adapter.modules;
    const edits = [{ operation: "moduleOff", module: tower?.module ?? "", scope: "all", isOn: true }] as const;
    const arms = [{}, { adapter }, { adapter, edits }, { adapter }];
    const together = finalOf(batch, armHooks(arms));
    arms.forEach((arm, row) => {
      const alone = finalOf(batch, armHooks(arms.map(() => arm)));
      expect(largestDifference(rowOf(together, row, batch, batch.tokens), rowOf(alone, row, batch, batch.tokens))).toBeLessThan(1e-5);
    });
    const whole = finalOf(batch, adapterHooks(adapter));
    expect(largestDifference(rowOf(together, 2, batch, 4), rowOf(whole, 2, batch, 4))).toBeGreaterThan(1e-4);
    adapter.free();
  });

  it("begin anew from the images where something below the language model changes, and from held states above", () => {
    const batch = tinyLlavaBatch(tiny, 0);
    const adapter = tinyAdapter(tiny, "stan");
    const states = new PrefixStates(textPasses(tiny.model, adapter, [{ batch, rows: [0, 1, 2, 3] }]), 2 ** 20);
    const whole = finalOf(batch, adapterHooks(adapter));
    expect(adapter.modules.map(({ layer }) => layer)).toEqual(adapter.modules.map(({ layer }) => layer).toSorted((a, b) => a - b));
    expect(wholly(states.startAt(0, adapter.modules[0]?.layer ?? 0))).toBeUndefined();
    const from = wholly(states.startAt(0, 1));
    const { final } = tiny.model.forward(batch, { hooks: adapterHooks(adapter), from, padding: "unread" });
    expect(largestDifference(readFloats(final), whole)).toBe(0);
    free(final);
    states.free();
    adapter.free();
  });

  it("take rows from a batch with their images", () => {
    const batch = tinyLlavaBatch(tiny, 0);
    const laid = layRows(batch, [
      { row: 3, first: 0 },
      { row: 1, first: 0 },
      { row: 1, first: 2 },
    ]);
    expect(laid.imageCounts).toEqual(Int32Array.of(1, 2, 2));
    const whole = finalOf(batch);
    const some = finalOf(laid);
    [3, 1, 1].forEach((row, at) => {
      expect(largestDifference(rowOf(some, at, laid, laid.tokens), rowOf(whole, row, batch, batch.tokens))).toBeLessThan(1e-5);
    });
    expect(someImages(batch.images, 4, 1).pixels).toEqual(laid.images?.pixels.subarray(0, laid.images.pixels.length / 5));
  });
});
