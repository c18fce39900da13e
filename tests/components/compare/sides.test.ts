import { describe, expect, it } from "vitest";
import { readCompareAddress } from "@/components/compare/compare-address";
import { costLine } from "@/components/compare/cost-line";
import { hasCurveAxis, sideSeries } from "@/components/compare/side-curves";
import { costPoints, rateSeries } from "@/components/compare/side-scores";
import { comparedByKey } from "@/components/runs/run-pick";
import { formatScore, formatScoreDifference } from "@/lib/comparison/score-words";
import { settingName, settingValue } from "@/lib/comparison/setting-words";
import { shapeGridOfSides } from "@/lib/comparison/shape-grid";
import { costSentences, sideCosts } from "@/lib/comparison/side-costs";
import { sharedBaseLoss } from "@/lib/comparison/side-curves";
import type { ScoreOfSides } from "@/lib/contract/comparison";
import { writeCompareAddress } from "@/tests/support/addresses";
import { cost, run, side } from "./compared-side";

describe("curves of a side", () => {
  it("are the mean and range of its runs at the steps that all of them were evaluated at", () => {
    const two = side({
      runs: [
        run([
          [0, 3],
          [2, 2.5],
          [4, 2],
        ]),
        run([
          [0, 3],
          [4, 2.2],
        ]),
      ],
    });
    const series = sideSeries(two, "tokens", { isSecond: false });
    expect(series.line).toEqual([
      { x: 0, y: 3 },
      { x: 44, y: 2.1 },
    ]);
    expect(series.band?.map(({ low, high }) => [low, high])).toEqual([
      [3, 3],
      [2, 2.2],
    ]);
    expect(sideSeries(side(), "step", { isSecond: true })).toMatchObject({ isSecond: true, line: [{ x: 0 }, { x: 4 }] });
    expect(sideSeries(side(), "step", { isSecond: false }).band).toBeUndefined();
  });

  it("are not drawn over what was not logged, and have a base line where all agree about it", () => {
    const unlogged = side({
      runs: [run([[0, 3]], { curve: [{ step: 4, tokens: null, flops: null, seconds: null, loss: 2, baseLoss: 3.1 }] })],
    });
    expect(hasCurveAxis([unlogged], "tokens")).toBe(false);
    expect(hasCurveAxis([unlogged, side()], "tokens")).toBe(true);
    expect(sideSeries(unlogged, "tokens", { isSecond: false }).line).toEqual([]);
    expect(sharedBaseLoss([side(), side()])).toBe(3);
    expect(sharedBaseLoss([side(), unlogged])).toBeNull();
  });
});

describe("plots of scores", () => {
  const words = { key: "k", label: "loss", source: "b", better: "lower", unit: "nats", each: "token", isForgetting: false } as const;
  const sides = [
    side({ name: "a", learningRate: 0.01, k: 2, numLatents: 7 }),
    side({ name: "b", learningRate: 0.1, k: 3, numLatents: 7 }),
    side({ name: "c", learningRate: 0.1, k: 2, numLatents: 11, rateGroup: 2 }),
    side({
      name: "lora",
      method: "lora",
      numLatents: null,
      k: null,
      rateGroup: 3,
      shapeGroup: 3,
      runs: [run([], { cost: { ...cost, trainableParameters: 300 } })],
    }),
  ];
  const score: ScoreOfSides = {
    ...words,
    values: [
      { side: 0, runId: "1", value: 2 },
      { side: 0, runId: "2", value: 3 },
      { side: 1, runId: "3", value: 1 },
      { side: 2, runId: "4", value: 4 },
      { side: 3, runId: "5", value: 5 },
    ],
  };

  it("stand against a cost, with those that no other beats in both", () => {
    const { series, front } = costPoints(sides, score, "parameters", undefined);
    expect(series.map(({ mark, points }) => [mark, points.map(({ label, x, y }) => [label, x, y])])).toEqual([
      [
        "stan",
        [
          ["a", 800, 2.5],
          ["b", 800, 1],
          ["c", 800, 4],
        ],
      ],
      ["lora", [["lora", 300, 5]]],
    ]);
    expect(front.map(({ label }) => label)).toEqual(["lora", "b"]);
    const forgetting = { ...score, values: [{ side: 1, runId: "3", value: 0.5 }] };
    const matched = costPoints(sides, score, "parameters", undefined, new Set([0, 3])).series.flatMap(({ points }) => points);
    expect(matched.filter(({ isPale }) => isPale).map(({ label }) => label)).toEqual(["b", "c"]);
    expect(costPoints(sides, score, "forgetting", forgetting).series.map(({ points }) => points.map(({ x }) => x))).toEqual([[0.5]]);
  });

  it("are pale and not on the front against a cost that is not final or was measured beside other work", () => {
    const timed = sides.map((one, place) => ({
      ...one,
      runs: [run([], place === 1 ? { status: "running" } : place === 3 ? { cost: { ...cost, besideShare: 0.4 } } : {})],
    }));
    const { series, front } = costPoints(timed, score, "time", undefined);
    const points = series.flatMap((one) => one.points);
    expect(points.filter(({ isPale }) => isPale).map(({ label }) => label)).toEqual(["b", "lora"]);
    expect(front.map(({ label }) => label)).toEqual(["a"]);
    expect(
      costPoints(timed, score, "parameters", undefined)
        .series.flatMap((one) => one.points)
        .some(({ isPale }) => isPale),
    ).toBe(false);
  });

  it("stand against the learning rate where sides differ in it alone", () => {
    expect(rateSeries(sides, score).map(({ points }) => points.map(({ x, y, low, high }) => [x, y, low, high]))).toEqual([
      [
        [0.01, 2.5, 2, 3],
        [0.1, 1, 1, 1],
      ],
    ]);
    expect(rateSeries(sides.slice(2), score)).toEqual([]);
  });

  it("fill a map of k and numLatents where there are two of each", () => {
    expect(shapeGridOfSides(sides, score)).toEqual({
      ks: [2, 3],
      sizes: [7, 11],
      cells: [
        [2.5, 4],
        [1, null],
      ],
    });
    expect(shapeGridOfSides(sides.slice(0, 2), score)).toBeNull();
  });
});

describe("words of a comparison", () => {
  it("say on which costs beside the matched ones two sides are equal, and how many times the first took of the others", () => {
    const lora = side({
      name: "lora",
      method: "lora",
      runs: [run([[4, 2]], { cost: { ...cost, trainableParameters: 50, medianStepMs: 9.8, adapterBytes: 1600 } })],
    });
    expect(costSentences(side(), lora, ["parameters", "active", "time"])).toEqual([
      "stan and lora had equal FLOPs per token, training tokens, step time and peak memory (within 2 %).",
      "stan took 2.0 × the size on disk of lora.",
    ]);
    expect(costSentences(side(), lora)[1]).toBe("stan took 16 × the trainable parameters and 2.0 × the size on disk of lora.");
    expect(costLine(sideCosts.parameters, [side(), lora])).toEqual({ values: ["800", "50"], isSame: false });
    expect(costLine(sideCosts.active, [side(), lora])).toEqual({ values: ["200", "200"], isSame: true });
    expect(costLine(sideCosts.head, [side(), lora])).toBeNull();
    expect(costSentences(side({ runs: [run([], { cost: null })] }), lora)).toEqual([]);
  });

  it("do not compare time and memory where other work used the device, or where it was not recorded", () => {
    const { besideShare: _, ...older } = cost;
    for (const other of [older, { ...cost, besideShare: 0.4 }]) {
      const lora = side({ name: "lora", method: "lora", runs: [run([[4, 2]], { cost: { ...other, medianStepMs: 20 } })] });
      expect(costSentences(side(), lora).join(" ")).toMatch(
        /Not compared: step time, training time and peak memory\. Other jobs used the device/,
      );
      expect(costLine(sideCosts.step, [side(), lora])).toMatchObject({
        values: [expect.not.stringMatching(/\*/), expect.stringMatching(/^20\.0\sms\*$/)],
        isSame: false,
      });
    }
  });

  it("say of a run that is still training that what it took is not final, and compare none of it", () => {
    const running = side({ name: "lora", runs: [run([[2, 2]], { status: "running", step: 2, cost: { ...cost, medianStepMs: 20 } })] });
    const words = costSentences(side(), running).join(" ");
    expect(words).toContain("Not final yet: training tokens, step time, training time and peak memory. lora is still training.");
    expect(words).not.toMatch(/× the (step|training) time/);
    expect(costLine(sideCosts.step, [side(), running])).toMatchObject({
      values: [expect.stringMatching(/ms$/), expect.stringMatching(/ms so far$/)],
      isSame: false,
    });
    expect(costLine(sideCosts.tokens, [side(), running])?.values).toEqual(["44", "22 so far"]);
    expect(costLine(sideCosts.parameters, [side(), running])).toEqual({ values: ["800", "800"], isSame: true });
  });

  it("write scores in their units", () => {
    const share = { unit: "share", isForgetting: false } as const;
    expect(formatScore(share, 0.319)).toBe("31.9\u202f%");
    expect(formatScore({ unit: "nats", isForgetting: true }, 0.0141)).toBe("+0.014");
    expect(formatScoreDifference({ unit: "share", difference: { value: 0.017, low: -0.004, high: 0.038 }, rows: 100 })).toEqual({
      value: "+1.7",
      interval: "−0.4 to +3.8",
    });
    expect(formatScoreDifference({ unit: "nats", difference: null, rows: 100 })).toBeNull();
  });

  it("name settings and their values by what people call them", () => {
    expect(settingName("training.learningRate")).toBe("Learning rate");
    expect(settingName("adapter.kPattern.q_proj")).toBe("Latents kept per token, k of q_proj");
    expect(settingName("data.mapping.label")).toBe("Column of labels");
    expect(settingValue("training.learningRate", "0.002")).toBe("2\u00a0×\u00a010⁻³");
    expect(settingValue("adapter.method", "stan")).toBe("STAN");
    expect(settingValue("adapter.rank", null)).toBe("–");
    expect(settingValue("data.mapping.kind", "text")).toBe("plain text");
    expect(settingValue("data.mapping.text", "text")).toBe("text");
  });
});

describe("the address of a comparison", () => {
  it("holds what is seen, plain values left out, and reads what it wrote", () => {
    expect(writeCompareAddress(readCompareAddress(new URLSearchParams("runs=a,b")))).toBe("?runs=a,b");
    const address = {
      ...readCompareAddress(new URLSearchParams("runs=a,b,a")),
      second: 2,
      axis: "flops",
      cost: "time",
      match: "wallClock",
      marginNats: 0.01,
      score: "x:loss",
    } as const;
    const text = writeCompareAddress(address);
    expect(text).toBe("?runs=a,b,a&second=2&match=wallClock&nats=0.01&x=flops&cost=time&score=x:loss");
    expect(readCompareAddress(new URLSearchParams(text))).toEqual(address);
    expect(readCompareAddress(new URLSearchParams("x=years&first=-1"))).toMatchObject({ runs: [], axis: "step", first: 0 });
    expect(readCompareAddress(new URLSearchParams("match=luck&points=-3&nats=many"))).toMatchObject({
      match: "",
      marginPoints: 0,
      marginNats: 0,
    });
  });

  it("is where the key leads: what is picked, or the one picked beside the run on which the keyboard stands", () => {
    expect(comparedByKey(["a", "b"], "c")).toBe("/compare?runs=a,b");
    expect(comparedByKey(["a"], "c")).toBe("/compare?runs=a,c");
    expect(comparedByKey(["a"], "a")).toBeNull();
    expect(comparedByKey([], "a")).toBeNull();
  });
});
