import { describe, expect, it } from "vitest";
import { layOutNormGauge } from "@/components/generation/strips/norm-gauge-layout";
import { ownRange } from "@/components/generation/strips/own-range";
import type { Edit } from "@/lib/contract/edit";

const modules = [
  { name: "a", layer: 2, projection: "v_proj", updateRange: { p99: 0.38 } },
  { name: "b", layer: 3, projection: "q_proj", updateRange: { p99: 0.05 } },
  { name: "c", layer: 5, projection: "v_proj", updateRange: null },
];
const of = (module: string, isOn = true): Edit => ({ operation: "ablatePost", latent: { module, index: 1 }, isOn, scope: "all" });

describe("the range that an adapter itself stays in", () => {
  it("is that of the edited modules, from the narrowest to the widest", () => {
    expect(ownRange([of("a"), of("b"), of("c")], modules)).toEqual({
      least: 0.05,
      most: 0.38,
      leastModule: "L3 q_proj",
      mostModule: "L2 v_proj",
      unmeasured: 1,
    });
    expect(ownRange([of("a"), of("b", false)], modules)).toMatchObject({ least: 0.38, most: 0.38, unmeasured: 0 });
  });

  it("is that of all modules with the adapter off", () => {
    expect(ownRange([{ operation: "adapterOff", isOn: true, scope: "all" }], modules)).toMatchObject({
      least: 0.05,
      most: 0.38,
      unmeasured: 1,
    });
  });

  it("is not known without edits, or where it was not measured", () => {
    expect(ownRange([], modules)).toBeNull();
    expect(ownRange([of("c")], modules)).toBeNull();
  });
});

describe("the gauge of the injected norm", () => {
  it("goes to a round share that holds the largest norm and the adapter's own range, in thirds", () => {
    const range = ownRange([of("a")], modules);
    const layout = layOutNormGauge(0.24, range, 300);
    expect(layout.top).toBe(0.6);
    expect(layout.ticks.map((tick) => Number(tick.toFixed(9)))).toEqual([0, 0.2, 0.4, 0.6]);
    expect(layout.place(0.3)).toBe(150);
    expect(layOutNormGauge(2.5, range, 300).top).toBe(3);
    expect(layOutNormGauge(0.01, null, 300).top).toBe(0.06);
  });

  it("keeps to its line", () => {
    expect([-1, 7].map(layOutNormGauge(0.24, null, 300).place)).toEqual([0, 300]);
  });
});
