import { describe, expect, it } from "vitest";
import { observe, rateOf } from "@/components/shell/job-rate";

describe("the rate of a task", () => {
  const seen = [
    { at: 0, done: 10 },
    { at: 2000, done: 50 },
  ];

  it("is what was done between the observations, and gives the time left", () => {
    expect(rateOf(seen, 110)).toEqual({ perSecond: 20, secondsLeft: 3 });
    expect(rateOf(seen, null)).toEqual({ perSecond: 20, secondsLeft: null });
  });

  it("is not told from less than a second", () => {
    expect(
      rateOf(
        [
          { at: 0, done: 0 },
          { at: 999, done: 5 },
        ],
        10,
      ),
    ).toBeNull();
    expect(rateOf([], 10)).toBeNull();
  });

  it("looks back twenty seconds", () => {
    expect(observe(seen, { at: 21_000, done: 60 })).toEqual([
      { at: 2000, done: 50 },
      { at: 21_000, done: 60 },
    ]);
  });

  it("starts anew when the job does", () => {
    expect(observe(seen, { at: 3000, done: 0 })).toEqual([{ at: 3000, done: 0 }]);
  });
});
