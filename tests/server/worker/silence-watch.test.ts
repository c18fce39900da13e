import { expect, test } from "vitest";
import { mostSilence, SilenceWatch } from "@/server/worker/silence-watch";

const lookEveryMs = 1000;

function watched() {
  let now = 0;
  const watch = new SilenceWatch(() => now, lookEveryMs);
  /** Looks every second for so long. @returns when something was wrong for the first time, and what */
  const lookFor = (ms: number, isInsideDevice: boolean): string | undefined => {
    for (const end = now + ms; now < end; ) {
      now += lookEveryMs;
      const wrong = watch.look(isInsideDevice);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { watch, lookFor, pass };
}

test("a thread that says nothing outside the device hangs after 20 seconds, inside after 15 minutes", () => {
  expect(watched().lookFor(20_000, false)).toBeUndefined();
  expect(watched().lookFor(21_000, false)).toMatch(/did not respond for 20 s outside/);
  expect(watched().lookFor(15 * 60_000, true)).toBeUndefined();
  expect(watched().lookFor(15 * 60_000 + 1000, true)).toMatch(/within 15 minutes/);
});

test("what comes right after a long computation has its own 20 seconds", () => {
  const { watch, lookFor } = watched();
  expect(lookFor(300_000, true)).toBeUndefined();
  expect(lookFor(20_000, false)).toBeUndefined();
  watch.heard();
  expect(lookFor(20_000, false)).toBeUndefined();
});

test("a process that was stopped for an hour is not silent for it", () => {
  const { lookFor, pass } = watched();
  pass(3_600_000);
  expect(lookFor(mostSilence.outside - 2 * lookEveryMs, false)).toBeUndefined();
  expect(lookFor(3 * lookEveryMs, false)).toMatch(/did not respond for 20 s/);
});
