import { describe, expect, it } from "vitest";
import { countFinals, placeOfTrial, seedsOf, trialsOfSetting } from "@/lib/contract/experiment-trials";

const crossed = { domainSets: [["a"], ["b"], ["a", "b"]], sweepSeeds: [5, 7], finalSeeds: [1, 2, 3] };
const plain = { domainSets: null, sweepSeeds: [0], finalSeeds: [1, 2] };

describe("the trials of a setting", () => {
  it("are every set of domains with every seed, the seeds of a set side by side", () => {
    expect(trialsOfSetting(crossed, "sweep", 0).map(({ trial, domainSet, seed }) => [trial, domainSet, seed])).toEqual([
      [0, 0, 5],
      [1, 0, 7],
      [2, 1, 5],
      [3, 1, 7],
      [4, 2, 5],
      [5, 2, 7],
    ]);
    expect(seedsOf(crossed, "probe")).toEqual([5]);
    expect(trialsOfSetting(crossed, "probe", 1).map(({ trial }) => trial)).toEqual([3, 4, 5]);
    expect(trialsOfSetting(crossed, "final", 0)).toHaveLength(9);
  });

  it("are numbered without gap or overlap, and told by their numbers again", () => {
    const all = [0, 1, 2, 3, 4].flatMap((setting) => trialsOfSetting(crossed, "sweep", setting).map((one) => ({ ...one, setting })));
    expect(all.map(({ trial }) => trial)).toEqual(Array.from({ length: 30 }, (_, at) => at));
    for (const { trial, ...place } of all) expect(placeOfTrial(crossed, "sweep", trial)).toEqual(place);
  });

  it("are one where there is a seed and no set of domains, as experiments had it before", () => {
    expect(placeOfTrial(plain, "sweep", 11)).toEqual({ setting: 11, domainSet: null, seed: 0 });
    expect(placeOfTrial(plain, "final", 1)).toEqual({ setting: 0, domainSet: null, seed: 2 });
    expect(countFinals({ ...plain, arms: [] })).toBe(0);
  });
});
