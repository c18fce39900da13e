import { expect, it } from "vitest";
import { appendSteps } from "@/lib/client/run-curve";
import { mostCurvePoints, type StepMetrics } from "@/lib/contract/run";
import { readCurve } from "@/server/db/runs/run-curve";
import { appendLog, appendMetrics } from "@/server/db/runs/run-progress";
import type { ServiceContext } from "@/server/services/context";
import { getLog } from "@/server/services/runs/run-history";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();

/** A step of a smooth training with one spike, at step 4,321. */
function metricsAt(step: number): StepMetrics {
  const loss = step === 4321 ? 99 : 4 - step / 8192;
  return {
    step,
    loss,
    gradNorm: step % 2 ? 1 : null,
    learningRate: 1 / step,
    tokens: 70 * step,
    labelTokens: 60 * step,
    seconds: step / 4,
  };
}

const steps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => metricsAt(from + at));

it("a short training's curve has every step", async () => {
  const id = await storedRun(store);
  await appendMetrics(store.db, id, steps(1, 3));
  expect(await readCurve(store.db, id)).toEqual(appendSteps({ stepsAPoint: 1, metrics: [] }, steps(1, 3)));
});

it("a long training's curve is thinned, keeps its spikes, and has every step of a range", async () => {
  const id = await storedRun(store);
  await appendMetrics(store.db, id, steps(1, 9001));
  const curve = await readCurve(store.db, id);
  expect(curve.metrics.length).toBeLessThanOrEqual(mostCurvePoints);
  expect(curve.metrics.length).toBeGreaterThan(mostCurvePoints / 2);
  expect(curve.metrics.reduce((sum, point) => sum + point.steps, 0)).toBe(9001);
  expect(curve.metrics.filter(({ lossHigh }) => lossHigh === 99)).toHaveLength(1);
  expect(curve.metrics.at(-1)).toMatchObject({ step: 9001, tokens: 70 * 9001 });
  const range = await readCurve(store.db, id, 4300, 4400);
  expect(range.metrics.map(({ step, loss }) => [step, loss])).toEqual(steps(4300, 4400).map(({ step, loss }) => [step, loss]));
});

it("a page that takes steps as they come holds the curve that the server gives", async () => {
  const id = await storedRun(store);
  let held = { stepsAPoint: 1, metrics: [] } as Awaited<ReturnType<typeof readCurve>>;
  for (let from = 1; from <= 9000; from += 300) {
    const fresh = steps(from, from + 299);
    await appendMetrics(store.db, id, fresh);
    held = appendSteps(held, fresh);
  }
  const read = await readCurve(store.db, id);
  expect(held.stepsAPoint).toBe(read.stepsAPoint);
  expect(held.metrics).toHaveLength(read.metrics.length);
  for (const [at, point] of read.metrics.entries()) {
    for (const [name, value] of Object.entries(point)) {
      expect(held.metrics[at]?.[name as keyof typeof point], `${name} of point ${at}`).toBeCloseTo(value ?? Number.NaN, 9);
    }
  }
});

it("a log is read by pages, none of whose lines is left out or comes twice", async () => {
  const id = await storedRun(store);
  for (let step = 1; step <= 450; step++) await appendLog(store.db, id, { step, level: "info", message: "" });
  const read: number[] = [];
  for (let before: number | undefined; ; ) {
    const { lines } = await getLog({ store } as ServiceContext, id, { before });
    if (lines.length === 0) break;
    expect(lines.length).toBeLessThanOrEqual(200);
    read.unshift(...lines.map(({ step }) => step));
    before = lines[0]?.id;
  }
  expect(read).toEqual(Array.from({ length: 450 }, (_, at) => at + 1));
});
