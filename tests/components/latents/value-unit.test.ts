import { describe, expect, it } from "vitest";
import { fromUnit, inOtherUnits, toUnit, unitSizes } from "@/components/latents/value-unit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentConfig } from "@/lib/contract/run-config";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";

const detail = latentDetailWith({
  row: latentRowWith({ maxActivation: 10, minActivation: 0.5, decoderNorm: 0.5 }),
  quantiles: { p50: 2, p95: 7, p99: 8 },
});
const module = { frozenNorm: 20 };
// Of |v| = 10, 0.25 · 10 · 0.5 = 1.25 is written, which is 1/16 of 20.
const sizes = unitSizes({ detail, module, scaling: 0.25 });

describe("the units of a value", () => {
  it("are the latent's own marks, and the frozen output's norm over what one unit of activation writes", () => {
    expect(sizes).toEqual({ raw: 1, max: 10, p99: 8, p50: 2, share: 160 });
  });

  it("carry the sign of the side on which the latent is strongest", () => {
    const negative = { ...detail, row: { ...detail.row, maxActivation: 4, minActivation: -12 } };
    expect(unitSizes({ detail: negative, module, scaling: -0.25 })).toEqual({ raw: 1, max: -12, p99: -8, p50: -2, share: 160 });
  });

  it("are offered only where they are known", () => {
    expect(unitSizes({ detail: undefined, module, scaling: 0.25 })).toEqual({ raw: 1, max: null, p99: null, p50: null, share: null });
    expect(unitSizes({ detail, module: { frozenNorm: null }, scaling: 0.25 }).share).toBeNull();
    expect(unitSizes({ detail: { ...detail, row: { ...detail.row, decoderNorm: null } }, module, scaling: 0.25 }).share).toBeNull();
    expect(unitSizes({ detail, module, scaling: null }).share).toBeNull();
  });

  it("are what is typed; what is stored is raw", () => {
    expect(fromUnit(0.95, "p99", sizes)).toBe(7.6);
    expect(toUnit(7.6, "p99", sizes)).toBe(0.95);
    expect(fromUnit(5, "share", sizes)).toBe(8);
    expect(toUnit(8, "share", sizes)).toBe(5);
    expect(fromUnit(0.123456789, "raw", sizes)).toBe(0.123456789);
  });

  it("give back what was typed, for all that a person writes", () => {
    for (const unit of ["max", "p99", "p50", "share"] as const)
      for (const typed of [0, 1, -2, 0.05, 1.234, 33.3]) expect(toUnit(fromUnit(typed, unit, sizes), unit, sizes)).toBe(typed);
  });

  it("stand beside the one that the field is in", () => {
    expect(inOtherUnits(8, "raw", sizes)).toEqual(["0.80 × max", "1.0 × p99", "4.0 × median", "5\u202f% of ‖W₀x‖"]);
    expect(inOtherUnits(8, "p99", sizes)).toEqual(["8.00 raw", "0.80 × max", "4.0 × median", "5\u202f% of ‖W₀x‖"]);
    expect(inOtherUnits(0, "raw", sizes)).toEqual([]);
  });
});

it("reads what a run's updates are multiplied by", () => {
  const targets = { modules: ["v_proj"], layers: null };
  const scalingOf = (adapter: LatentConfig) => latentMethodOf(adapter).moduleSizes(adapter, "v_proj").scaling;
  expect(scalingOf({ method: "stan", numLatents: 7, k: 4, alpha: 2, selection: "signed", init: "zero", targets })).toBe(0.5);
  expect(scalingOf({ method: "lora", rank: 8, alpha: 16, targets })).toBe(2);
});
