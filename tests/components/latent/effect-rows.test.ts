import { describe, expect, it } from "vitest";
import { controlWords, domainRows, dotDomain, excludesZero, firingRows, writeEffect } from "@/components/latent/effect-rows";
import type { LatentEffect } from "@/lib/contract/effect";

const effect: LatentEffect = {
  operation: "ablatePost",
  delta: 0.002,
  halfWidth: 0.0005,
  perFiring: 0.0182,
  perFiringHalfWidth: 0.0041,
  rows: 31,
  labelTokens: 1100,
  firings: 121,
  byDomain: [
    { domain: "law", delta: 0.004, halfWidth: 0.001, labelTokens: 700, firings: 110 },
    { domain: "code", delta: -0.0001, halfWidth: null, labelTokens: 400, firings: 11 },
  ],
  controls: [
    { index: 5, delta: 0, perFiring: -0.002, firings: 70 },
    { index: 7, delta: 0, perFiring: 0.003, firings: 90 },
    { index: 11, delta: 0, perFiring: 0, firings: 0 },
  ],
  writes: null,
};

describe("firingRows", () => {
  it("stand the controls that fired beside the latent, for each way of taking it out", () => {
    expect(firingRows([{ ...effect, operation: "ablatePre", controls: [] }, effect])).toEqual([
      { key: "ablatePost", label: "slot left empty", value: 0.0182, halfWidth: 0.0041, others: [], facts: "121 firings" },
      { key: "ablatePost controls", label: "2 controls", value: null, halfWidth: null, others: [-0.002, 0.003], facts: "" },
      { key: "ablatePre", label: "slot refilled", value: 0.0182, halfWidth: 0.0041, others: [], facts: "121 firings" },
    ]);
  });

  it("count positions of a dense component, which has no slot", () => {
    const [row] = firingRows([effect], true);
    expect([row?.label, row?.facts]).toEqual(["ablated", "121 positions"]);
    expect(domainRows(effect, true).map(({ facts }) => facts)).toEqual(["110 positions", "11 positions"]);
  });
});

it("gives a row a domain", () => {
  expect(domainRows(effect).map(({ key, value, halfWidth, facts }) => [key, value, halfWidth, facts])).toEqual([
    ["law", 0.004, 0.001, "110 firings"],
    ["code", -0.0001, null, "11 firings"],
  ]);
});

it("holds zero, every interval and every control on one axis", () => {
  const [low, high] = dotDomain(firingRows([effect]));
  expect(low).toBeLessThan(-0.002);
  expect(high).toBeGreaterThan(0.0223);
  expect(high).toBeLessThan(0.025);
  const [emptyLow, emptyHigh] = dotDomain([]);
  expect(emptyLow).toBeLessThan(0);
  expect(emptyHigh).toBeGreaterThan(0);
});

it("tells apart from zero only what an interval keeps from it", () => {
  expect(excludesZero({ value: 0.5, halfWidth: 0.4 })).toBe(true);
  expect(excludesZero({ value: -0.5, halfWidth: 0.6 })).toBe(false);
  expect(excludesZero({ value: 0.5, halfWidth: null })).toBe(false);
  expect(excludesZero({ value: 0.5, halfWidth: 0 })).toBe(false);
});

it("writes an effect in the digits that its interval allows", () => {
  expect(writeEffect(0.01823, 0.0041)).toEqual({ value: "+0.0182", interval: "±\u00a00.0041" });
  expect(writeEffect(-0.00001234, 0.0000056)).toEqual({ value: "−0.0000123", interval: "±\u00a00.0000056" });
  expect(writeEffect(0.18469, 0)).toEqual({ value: "+0.1847", interval: "" });
  expect(writeEffect(-0.000001, 0.3)).toEqual({ value: "0.0000", interval: "±\u00a00.3000" });
});

it("names the controls, and says nothing where none was measured", () => {
  expect(controlWords(-0.0001, 0.0012)).toBe("matched random −0.0001 ±\u00a00.0012");
  expect(controlWords(null, null)).toBe("");
});
