"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import { formatScore, scoreName, scoreTitle } from "@/lib/comparison/score-words";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { formatSetting } from "@/lib/numbers/format";
import { MethodLegend } from "./method-legend";
import { Scatter } from "./scatter";
import { rateSeries } from "./side-scores";

type RatesPanelProps = { readonly sides: readonly ComparedSide[]; readonly score: ScoreOfSides; readonly className: string };

/** A score against the learning rate, for sides that differ only in it; nothing if none do. */
export function RatesPanel({ sides, score, className }: RatesPanelProps) {
  const svg = useRef<SVGSVGElement>(null);
  const series = rateSeries(sides, score);
  if (series.length === 0) return null;
  const csv = () =>
    toCsv(
      ["side", "learning rate", scoreTitle(score), "lowest run", "highest run"],
      series.flatMap(({ points }) => points.map(({ label, x, y, low, high }) => [label, x, y, low, high])),
    );
  return (
    <Panel
      title="Learning rate"
      fold="Score at each rate"
      className={className}
      aside={<PlotDownload name="comparison-learning-rate" svgRef={svg} csv={csv} />}
    >
      <MethodLegend series={series} note="sides that differ only in learning rate; bars: range over runs" />
      <Scatter
        svgRef={svg}
        label={`${scoreName(score)} against the learning rate`}
        series={series}
        isLogX
        xLabel="learning rate"
        yLabel={scoreTitle(score)}
        formatX={formatSetting}
        formatY={(value) => formatScore(score, value)}
      />
    </Panel>
  );
}
