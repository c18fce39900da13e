import { describe, expect, it } from "vitest";
import { specificity } from "@/lib/numbers/specificity";

describe("specificity to a text", () => {
  it("is the strength of the strongest firing times log2(1 / density), whatever the sign", () => {
    expect(specificity(4, { firings: 7, positions: 1023, largest: 8, moduleTop: 4 })).toBe(3.5);
    expect(specificity(-4, { firings: 7, positions: 1023, largest: 8, moduleTop: 4 })).toBe(3.5);
  });

  it("counts a firing stronger than any in the collection as its strongest, and any firing of one that never fired there", () => {
    expect(specificity(9, { firings: 7, positions: 1023, largest: 8, moduleTop: 4 })).toBe(7);
    expect(specificity(0.25, { firings: 0, positions: 1023, largest: 0, moduleTop: 0 })).toBe(10);
  });

  it("is small for what fired once and weakly beside its module", () => {
    expect(specificity(1, { firings: 0, positions: 1023, largest: 1, moduleTop: 16 })).toBe(1.25);
  });

  it("is 0 for what fires at every token", () => {
    expect(specificity(8, { firings: 1023, positions: 1023, largest: 8, moduleTop: 4 })).toBe(0);
    expect(specificity(8, { firings: 0, positions: 0, largest: 8, moduleTop: 4 })).toBe(0);
  });
});
