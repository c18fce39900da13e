import { describe, expect, it } from "vitest";
import { Sampler } from "@/server/engine/training/sampler";

describe("Sampler", () => {
  it("takes every row once an epoch, in a new order each", () => {
    const sampler = new Sampler(7, { shuffle: true, seed: 1 });
    const epochs = Array.from({ length: 3 }, () => Array.from(sampler.take(7)));
    for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(epochs.map(String)).size).toBe(3);
    expect(sampler.epochs).toBe(3);
  });

  it("continues into the next epoch within a step, and in order without shuffling", () => {
    const sampler = new Sampler(3, { shuffle: false, seed: 1 });
    expect(Array.from(sampler.take(5))).toEqual([0, 1, 2, 0, 1]);
  });

  it("resumes exactly from a stored state, at any point", () => {
    for (let taken = 0; taken < 15; taken++) {
      const sampler = new Sampler(7, { shuffle: true, seed: 5 });
      sampler.take(taken);
      const again = new Sampler(7, { shuffle: true, seed: 0 });
      again.state = JSON.parse(JSON.stringify(sampler.state));
      expect(Array.from(again.take(20))).toEqual(Array.from(sampler.take(20)));
    }
  });
});
