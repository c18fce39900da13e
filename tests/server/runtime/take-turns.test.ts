import { expect, test } from "vitest";
import { DeviceTurns } from "@/server/runtime/device-turns";
import { takeTurns } from "@/server/runtime/take-turns";

/** Turns over a clock that parts of work move. */
function clock() {
  let now = 0;
  const turns = new DeviceTurns(() => now);
  const part = (elapsedMs: number): undefined => {
    now += elapsedMs;
  };
  return { turns, part, now: () => now };
}

test("parts of background work share a turn until 100 ms are over, so that a question comes between", async () => {
  const { turns, part, now } = clock();
  const step = function* (): Generator<undefined, string, void> {
    for (let block = 0; block < 10; block++) yield part(40);
    return "done";
  };
  const training = takeTurns(step(), { turns, kind: "background" });
  const asked = turns.take("interactive", () => now());
  expect(await asked).toBe(120);
  expect(await training).toBe("done");
});

test("what a piece yields ends its turn and is told", async () => {
  const { turns, part } = clock();
  const pass = function* (): Generator<number | undefined, void, void> {
    yield part(1);
    yield 7;
    yield 9;
  };
  const told: number[] = [];
  await takeTurns(pass(), { turns, kind: "background" }, (rows) => void told.push(rows));
  expect(told).toEqual([7, 9]);
});

test("work that is cancelled between two parts frees what it holds", async () => {
  const { turns, part } = clock();
  const cancelled = new AbortController();
  let isFreed = false;
  const step = function* (): Generator<undefined, void, void> {
    try {
      yield part(200);
      yield part(200);
    } finally {
      isFreed = true;
    }
  };
  const work = takeTurns(step(), { turns, kind: "background", signal: cancelled.signal });
  cancelled.abort(new Error("not wanted any more"));
  await expect(work).rejects.toThrow("not wanted any more");
  expect(isFreed).toBe(true);
});
