import { beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { ItemReadings } from "@/server/engine/benchmarks/benchmark-material";
import { constantAnswers, measureAnswers } from "@/server/engine/benchmarks/measure-answers";
import { classification } from "@/server/engine/tasks/classification/classification";
import { regression } from "@/server/engine/tasks/regression/regression";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { answeredRows, ENCODERS, openTinyEncoder, tinyEncoderBatch, tinyStart } from "@/tests/server/engine/tiny-encoder";
import { fixturesFolder, references } from "@/tests/support/fixtures";

beforeAll(async () => {
  await startEngine();
});

const classes = ["low", "middle", "high"];

function finished(work: Generator<number | undefined, ItemReadings, void>): { readonly readings: ItemReadings; readonly units: number } {
  let units = 0;
  for (;;) {
    const step = work.next();
    if (step.done === true) return { readings: step.value, units };
    units += step.value ?? 0;
  }
}

describe.runIf(fixturesFolder)("measureAnswers", references, () => {
  it.each(ENCODERS)("gives the class of transformers' largest logit and the cross-entropy of the right one: %s", (architecture) => {
    const tiny = openTinyEncoder(fixturesFolder ?? "", architecture);
    const { model, values } = tiny;
    const { adapter, head } = tinyStart(tiny, "stan");
    const rows = answeredRows(tinyEncoderBatch(tiny, 0));
    const logits = values.read("stan.logits");
    const { readings, units } = finished(
      measureAnswers(() => ({ model, hooks: adapterHooks(adapter), head: head.read() }), { task: classification, rows, labels: classes }),
    );
    expect(units).toBe(rows.length);
    rows.forEach(({ answer }, row) => {
      const own = [...logits.subarray(row * 3, row * 3 + 3)];
      const best = own.indexOf(Math.max(...own));
      const loss = Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (own[answer] ?? Number.NaN);
      expect(readings.answers?.texts[row]).toBe(classes[best]);
      expect(readings.answers?.right?.[row]).toBe(best === answer ? 1 : 0);
      expect(readings.lossSums[row]).toBeCloseTo(loss, 4);
      expect(readings.labelTokens[row]).toBe(1);
    });
  });

  it("gives each row the same whatever rows share its passes, and leaves no tensor behind", () => {
    const tiny = openTinyEncoder(fixturesFolder ?? "", "bert");
    const { model } = tiny;
    const { adapter, head } = tinyStart(tiny, "stan");
    const few = answeredRows(tinyEncoderBatch(tiny, 0));
    const many = Array.from({ length: 37 }, (_, at) => few[at % few.length] ?? { ids: new Int32Array(1), answer: 0 });
    const scorer = () => ({ model, hooks: adapterHooks(adapter), head: head.read() });
    const alone = finished(measureAnswers(scorer, { task: classification, rows: few, labels: classes })).readings;
    const before = liveTensors();
    const { readings, units } = finished(measureAnswers(scorer, { task: classification, rows: many, labels: classes }));
    expect(liveTensors()).toBe(before);
    expect(units).toBe(37);
    for (const [at, loss] of readings.lossSums.entries()) expect(loss).toBeCloseTo(alone.lossSums[at % few.length] ?? Number.NaN, 5);
  });

  it("is refused where the classes are not those of the head", () => {
    const tiny = openTinyEncoder(fixturesFolder ?? "", "bert");
    const { adapter, head } = tinyStart(tiny, "stan");
    const rows = answeredRows(tinyEncoderBatch(tiny, 0));
    const work = measureAnswers(() => ({ model: tiny.model, hooks: adapterHooks(adapter), head: head.read() }), {
      task: classification,
      rows,
      labels: ["low", "high"],
    });
    expect(() => finished(work)).toThrow("12 scores of 4 rows are not 2 each");
  });
});

describe("constantAnswers", () => {
  it("are the commonest class, each class as probable as its share of the rows", () => {
    const { lossSums, labelTokens, answers } = constantAnswers({ task: classification, targets: [2, 0, 2, 1, 2], labels: classes });
    expect(answers?.texts).toEqual(["high", "high", "high", "high", "high"]);
    expect([...(answers?.right ?? [])]).toEqual([1, 0, 1, 0, 1]);
    expect([...lossSums].map((loss) => Math.exp(-loss))).toEqual([0.6, 0.2, 0.6, 0.2, 0.6].map((share) => expect.closeTo(share, 12)));
    expect([...labelTokens]).toEqual([1, 1, 1, 1, 1]);
    // No other distribution over the classes has a lower loss on these rows.
    const mean = lossSums.reduce((sum, loss) => sum + loss, 0) / 5;
    expect(mean).toBeLessThan(-(3 * Math.log(0.59) + Math.log(0.2) + Math.log(0.21)) / 5);
  });

  it("are the mean of the numbers, with squared errors", () => {
    const { lossSums, answers } = constantAnswers({ task: regression, targets: [1, 2, 6], labels: undefined });
    expect([...lossSums]).toEqual([4, 1, 9]);
    expect(answers).toEqual({ right: null, rightPerByte: null, texts: ["3", "3", "3"] });
  });
});
