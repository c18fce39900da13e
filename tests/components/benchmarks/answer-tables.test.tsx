import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ItemsTable } from "@/components/benchmarks/items-table";
import { MetricTable, metricLines } from "@/components/benchmarks/metric-table";
import { type BenchmarkItem, type BenchmarkMetric, type BenchmarkSummary, benchmarkRows } from "@/lib/contract/benchmark";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";

const texts = benchmarkRows.parse({ dataSetId: "d", mapping: { kind: "labelled", text: "text", label: "mood" } });
const item: BenchmarkItem = {
  row: 7,
  domain: null,
  text: "a warm film",
  reference: "glad",
  labelTokens: 1,
  base: { lossSum: 1.5, answer: "sad", isRight: false },
  adapter: { lossSum: 0.25, answer: "glad", isRight: true },
  difference: -1.25,
};

function table(task: object, shown: BenchmarkItem, hasLatents = true, rows = texts): string {
  const parsed = benchmarkTask.parse(task) as AnswerBenchmarkTask;
  const benchmark = { id: "b", name: "moods", isGeneral: false, rows, task: parsed, domains: [] as string[] } as BenchmarkSummary;
  const query = { sort: "difference", order: "desc" } as const;
  return renderToStaticMarkup(
    <ItemsTable runId="r" benchmark={benchmark} hasLatents={hasLatents} items={[shown]} query={query} onSort={() => {}} />,
  );
}

describe("rows of classes and numbers", () => {
  it("have the constant prediction beside the run's class, and the probability of the right one", () => {
    const text = table({ kind: "classification" }, item);
    for (const head of ["Constant", "Run", "P(right)", "run − constant"]) expect(text).toContain(head);
    expect(text).toContain(`${(100 * Math.exp(-0.25)).toFixed(1)}`);
    expect(text).toContain("✓");
    expect(text).not.toContain("Tokens");
    expect(text).toContain("/runs/r/text#text=a+warm+film");
    expect(table({ kind: "classification" }, item, false)).not.toContain("Firings");
  });

  it("of images are known by their files, with no link to a page that reads texts", () => {
    const images = benchmarkRows.parse({ dataSetId: "d", mapping: { kind: "labelledImage", image: "image", label: "mood" } });
    const text = table({ kind: "classification" }, { ...item, text: "glad/7.png" }, true, images);
    expect(text).toContain("glad/7.png");
    expect(text).toContain("Image");
    expect(text).not.toContain("/text");
  });

  it("are cards on a narrow screen: each value beside its name, and a menu that sorts", () => {
    const text = table({ kind: "classification" }, item);
    for (const label of ["Row", "Correct answer", "Constant", "Run", "Difference"]) expect(text).toContain(`data-label="${label}"`);
    expect(text).toContain("By constant loss");
    // The text heads its card.
    expect(text).not.toContain('data-label="Text"');
  });

  it("are neither right nor wrong of numbers, which are written in three decimals", () => {
    const answer = (value: number) => ({ lossSum: 1, answer: String(Math.fround(value)), isRight: null });
    const text = table({ kind: "regression" }, { ...item, reference: "2.5", base: answer(0.5), adapter: answer(2.35) });
    expect(text).toContain(">2.350<");
    expect(text).toContain("Run error");
    for (const mark of ["✓", "✗", "P(right)"]) expect(text).not.toContain(mark);
  });
});

describe("a metric that a constant prediction does not have", () => {
  it("stands alone with its own interval", () => {
    const pearson: BenchmarkMetric = {
      name: "pearson",
      adapter: 0.612,
      base: null,
      interval: { low: 0.58, high: 0.64 },
      difference: null,
      pValue: null,
      verdict: { kind: "notComparable", text: "" },
    };
    const lines = metricLines({ metrics: [pearson], rows: 100 }, benchmarkTask.parse({ kind: "regression" }));
    const text = renderToStaticMarkup(<MetricTable method="lora" head="Metric" base="constant" lines={lines} />);
    expect(text).toContain("0.612");
    expect(text).toContain("(0.580 to 0.640)");
    expect(text).not.toContain("too few");
  });
});
