import { describe, expect, it } from "vitest";
import { linearTicks, logTicks, powerOfTwo, ticksOnLog } from "@/lib/numbers/ticks";

const labels = (ticks: readonly { label: string }[]) => ticks.map(({ label }) => label);

describe("linearTicks", () => {
  it("gives no more ticks than wanted, with the same decimals", () => {
    expect(labels(linearTicks([1.7, 2.5], 5))).toEqual(["1.8", "2.0", "2.2", "2.4"]);
  });

  it("parts thousands and writes a true minus", () => {
    expect(labels(linearTicks([-2000, 2000], 3))).toEqual(["−2\u00a0000", "0", "2\u00a0000"]);
  });

  it("shortens from a million on", () => {
    expect(labels(linearTicks([0, 3e12], 4))).toEqual(["0", "1\u00a0T", "2\u00a0T", "3\u00a0T"]);
  });

  it("writes tiny steps as powers of ten", () => {
    expect(labels(linearTicks([0, 2e-5], 3))).toEqual(["0", "10⁻⁵", "2\u00a0×\u00a010⁻⁵"]);
  });

  it("has no ticks on an empty domain", () => {
    expect(linearTicks([1, 1], 5)).toEqual([]);
  });
});

describe("logTicks", () => {
  it("stands at powers of ten", () => {
    expect(labels(logTicks([0.001, 1000], 10))).toEqual(["10⁻³", "0.01", "0.1", "1", "10", "100", "1\u00a0000"]);
  });

  it("leaves powers out where there are too many", () => {
    expect(labels(logTicks([1e-6, 1], 4))).toEqual(["10⁻⁶", "10⁻⁴", "0.01", "1"]);
  });

  it("refuses a domain without a logarithm", () => {
    expect(logTicks([0, 1], 4)).toEqual([]);
  });
});

it("writes powers of two as numbers near one", () => {
  expect([-4, -1, 0, 10].map(powerOfTwo)).toEqual(["2⁻⁴", "0.5", "1", "1\u00a0024"]);
});

describe("ticksOnLog", () => {
  it("stands at powers of ten where there are enough, else at round values between", () => {
    expect(ticksOnLog([0.5, 200], 2, 4).map(({ label }) => label)).toEqual(["1", "10", "100"]);
    expect(ticksOnLog([3, 70], 1, 4).map(({ value }) => value)).toEqual([10]);
    const between = ticksOnLog([3, 70], 2, 4);
    expect(between.length).toBeGreaterThan(1);
    expect(between.length).toBeLessThanOrEqual(4);
    for (const { value } of between) expect(value).toBeGreaterThanOrEqual(3);
  });
});
