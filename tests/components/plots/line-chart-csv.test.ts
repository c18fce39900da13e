import { expect, it } from "vitest";
import { lineChartCsv } from "@/components/plots/line-chart-csv";

it("writes every drawn value with its series, the raw trace rather than the smoothed one", () => {
  const series = [
    { key: "a", label: "run", mark: "stan" as const, raw: [{ x: 0, y: 2 }], line: [{ x: 0, y: 9 }], points: [{ x: 5, y: 1 }] },
  ];
  expect(lineChartCsv(series, { x: "step", line: "training", point: "evaluation" })).toBe(
    "series,kind,step,value\r\nrun,training,0,2\r\nrun,evaluation,5,1",
  );
});
