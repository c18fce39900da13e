import { describe, expect, it } from "vitest";
import { TopExamples } from "@/server/engine/features/examples/top-examples";
import { randomStream } from "@/tests/server/engine/features/random-pass";

describe("TopExamples", () => {
  it("keeps the same examples and windows in whatever order they come, through many clearings of the arena", () => {
    const random = randomStream(17);
    const offered = Array.from({ length: 4000 }, (_, row) => ({
      latent: row % 3,
      value: Math.floor(random() * 500),
      row,
      length: 1 + (row % 41),
    }));
    const kept = (examples: typeof offered) => {
      const top = new TopExamples(3, 7, "highest");
      for (const { latent, value, row, length } of examples) {
        const slot = top.admit(latent, value, row, 5);
        if (slot >= 0)
          top.kept.windows.set(
            slot,
            Int16Array.from({ length }, (_, at) => at),
            new Float32Array(length).fill(row),
            length,
          );
      }
      return [0, 1, 2].map((latent) => top.of(latent));
    };
    const forwards = kept(offered);
    expect(kept([...offered].reverse())).toEqual(forwards);
    for (const { row, offsets, activations } of forwards.flat()) {
      expect(offsets).toHaveLength(1 + (row % 41));
      expect(activations.every((value) => value === row)).toBe(true);
    }
    const best = offered.filter(({ latent }) => latent === 2).sort((a, b) => b.value - a.value || a.row - b.row);
    expect(forwards[2]?.map(({ row }) => row)).toEqual(best.slice(0, 7).map(({ row }) => row));
  });

  it("turns away what is weaker than all it keeps", () => {
    const top = new TopExamples(1, 2, "highest");
    expect([top.admit(0, 3, 10, 0), top.admit(0, 5, 11, 0)]).toEqual([0, 1]);
    expect(top.threshold[0]).toBe(3);
    expect(top.admit(0, 2, 1, 0)).toBe(-1);
    expect(top.admit(0, 3, 12, 0)).toBe(-1);
    expect(top.admit(0, 3, 9, 0)).toBe(0);
  });

  it("refuses a number of examples that a byte cannot hold", () => {
    expect(() => new TopExamples(1, 256, "highest")).toThrow(/256 is not in 1…255/);
  });
});
