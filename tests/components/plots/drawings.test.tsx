import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { activationBins, activationTicks } from "@/components/plots/activation-bins";
import { HeatMapDrawing } from "@/components/plots/heat-map";
import { HistogramDrawing } from "@/components/plots/histogram";
import { LineChartDrawing } from "@/components/plots/line-chart";
import { ValueSliderDrawing } from "@/components/plots/value-slider";

const output = "../../output/plots";
/** One element a line, so that a change of the drawing reads as a change of the file. */
const draw = (element: ReactElement) =>
  `${renderToStaticMarkup(element)
    .replaceAll("><", ">\n<")
    .replace(/_(\w+)_[0-9a-f]{6}/g, "$1")}\n`;

describe("drawings", () => {
  it("line chart: two runs, one with a raw trace and evaluations, over the base model's loss", async () => {
    const steps = Array.from({ length: 21 }, (_, index) => index * 10);
    const series = [
      {
        key: "a",
        label: "this run",
        mark: "stan" as const,
        raw: steps.map((x) => ({ x, y: 2 + Math.cos(x) / 20 })),
        line: steps.map((x) => ({ x, y: 2.4 - x / 500 })),
        points: [0, 100, 200].map((x) => ({ x, y: 2.41 - x / 480 })),
      },
      { key: "b", label: "lora-r16", mark: "lora" as const, isSecond: true, line: steps.map((x) => ({ x, y: 2.38 - x / 600 })) },
    ];
    const chart = (
      <LineChartDrawing
        width={640}
        height={260}
        label="Loss against step"
        xLabel="step"
        yLabel="nats per token"
        series={series}
        references={[{ y: 2.406, label: "base model 2.406" }]}
        hasEndLabels
        xDomain={[0, 300]}
      />
    );
    await expect(draw(chart)).toMatchFileSnapshot(`${output}/line-chart.svg`);
  });

  it("histogram: signed activations with marks and a brush", async () => {
    const positive = new Array<number>(64).fill(0);
    const negative = new Array<number>(64).fill(0);
    for (const [index, count] of [2, 11, 64, 206, 441, 97].entries()) positive[30 + index] = count;
    for (const [index, count] of [1, 7, 3].entries()) negative[31 + index] = count;
    const bins = activationBins({ positive, negative }, { maxActivation: null, minActivation: null });
    const histogram = (
      <HistogramDrawing
        width={640}
        height={216}
        label="Firings by activation"
        xLabel="activation, log₂"
        yLabel="firings"
        colour="activation"
        bins={bins}
        ticks={activationTicks(bins, 12)}
        isLogCount
        isLogValue
        brush={[2, 3.5]}
        onBrush={() => undefined}
        marks={[
          { label: "max 3.50", value: 3.5, isSolid: true },
          { label: "p50 1.41", value: 1.41 },
        ]}
      />
    );
    await expect(draw(histogram)).toMatchFileSnapshot(`${output}/histogram.svg`);
  });

  it("histogram: labels that meet stand in two lines above the bars", () => {
    const markup = renderToStaticMarkup(
      <HistogramDrawing
        width={320}
        height={216}
        label="Firings by activation"
        yLabel="firings"
        bins={[
          { from: 0, to: 1, count: 2 },
          { from: 1, to: 2, count: 40 },
        ]}
        isLogCount
        isLogValue={false}
        marks={[
          { label: "max 2.00", value: 1.9, isSolid: true },
          { label: "p95 1.80", value: 1.8 },
        ]}
      />,
    );
    const lines = [...markup.matchAll(/<text [^>]*y="([\d.]+)"[^>]*>(?:max|p95) /g)].map(([, y]) => Number(y));
    const bars = [...markup.matchAll(/<rect [^>]*y="([\d.]+)"[^>]*fill="var\(--line-strong\)"/g)].map(([, y]) => Number(y));
    expect(lines).toEqual([33, 19]);
    expect(Math.min(...bars)).toBe(42);
  });

  it("heat map: one cell chosen, one without a value", async () => {
    const cells = [0, 1, 2].flatMap((column) =>
      ["q_proj", "v_proj"].map((row) => ({
        row,
        column,
        value: column === 2 && row === "q_proj" ? null : (column + 1) / 4,
        title: `${column} ${row}`,
      })),
    );
    const map = (
      <HeatMapDrawing
        width={400}
        label="Modules"
        cells={cells}
        max={1}
        ramp="kl"
        columnLabel="layer"
        isChosen={(cell) => cell.column === 1 && cell.row === "v_proj"}
        onChoose={() => undefined}
      />
    );
    await expect(draw(map)).toMatchFileSnapshot(`${output}/heat-map.svg`);
  });

  it("value slider: over what was seen, with what was not", async () => {
    const slider = (
      <ValueSliderDrawing
        width={320}
        label="Activation"
        value={9}
        valueText="1.1 × p99"
        isOn
        onValue={() => undefined}
        domain={[0, 15]}
        seen={[0, 10]}
        bins={[
          { from: 0, to: 2, count: 40 },
          { from: 2, to: 10, count: 10 },
        ]}
        ticks={[
          { value: 0, label: "0" },
          { value: 8, label: "p99" },
          { value: 10, label: "max" },
        ]}
      />
    );
    await expect(draw(slider)).toMatchFileSnapshot(`${output}/value-slider.svg`);
  });
});
