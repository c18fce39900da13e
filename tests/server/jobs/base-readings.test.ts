import { expect, it } from "vitest";
import type { MeasuredModel } from "@/server/db/benchmarks/results";
import { isBeingRead, readForAll, untilRead } from "@/server/jobs/base-readings";

const one: MeasuredModel = { benchmarkId: "b", modelId: "m", frozenDtype: "float32" };

/** A reading that ends when it is told to. */
function reading(model: MeasuredModel) {
  let end = () => {};
  let fail = (_: Error) => {};
  const done = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { end, fail, ended: readForAll(model, () => done) };
}

it("others wait until a reading ends, whether it is stored or fails", async () => {
  const { signal } = new AbortController();
  const stored = reading(one);
  expect([isBeingRead(one), isBeingRead({ ...one, frozenDtype: "nf4" })]).toEqual([true, false]);
  const waiting = untilRead(one, signal);
  stored.end();
  await Promise.all([stored.ended, waiting]);
  expect(isBeingRead(one)).toBe(false);
  const failing = reading(one);
  const alsoWaiting = untilRead(one, signal);
  failing.fail(new Error("no memory"));
  await Promise.all([expect(failing.ended).rejects.toThrow("no memory"), alsoWaiting]);
  await untilRead(one, signal);
});

it("a job that is cancelled waits no longer", async () => {
  const cancel = new AbortController();
  const endless = reading(one);
  const waiting = untilRead(one, cancel.signal);
  cancel.abort(new Error("cancelled"));
  await expect(waiting).rejects.toThrow("cancelled");
  endless.end();
  await endless.ended;
});
