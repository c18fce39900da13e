"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import { Select } from "@/components/ui/select";
import { formatScore, scoreName, scoreTitle } from "@/lib/comparison/score-words";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { formatBytes, formatCount, formatMilliseconds, formatSigned } from "@/lib/numbers/format";
import { type CostKey, costKeys } from "./compare-address";
import { MethodLegend } from "./method-legend";
import { Scatter } from "./scatter";
import { costPoints } from "./side-scores";

type CostPanelProps = {
  readonly sides: readonly ComparedSide[];
  readonly score: ScoreOfSides;
  /** That can be chosen for all plots. */
  readonly scores: readonly ScoreOfSides[];
  readonly cost: CostKey;
  /** Places of the sides that match the chosen budget; null if none was chosen, and no side is set back. */
  readonly fitting: ReadonlySet<number> | null;
  readonly onChange: (changes: { cost?: CostKey; score?: string }) => void;
  readonly className: string;
};

const axes: Record<CostKey, { readonly name: string; readonly format: (value: number) => string }> = {
  parameters: { name: "trainable parameters", format: formatCount },
  active: { name: "active parameters per token", format: formatCount },
  memory: { name: "peak memory", format: formatBytes },
  time: { name: "median step", format: formatMilliseconds },
  forgetting: { name: "forgetting, Δ nats", format: (value) => formatSigned(value, 3) },
};

/** Two points say nothing that the scorecard and the costs do not. */
const fewestDrawn = 3;

/** A score of every side against its cost, from three sides on; a dashed line connects those that no other beats in both. */
export function CostPanel({ sides, score, scores, cost: wanted, fitting, onChange, className }: CostPanelProps) {
  const forgetting = scores.find(({ isForgetting }) => isForgetting);
  const svg = useRef<SVGSVGElement>(null);
  const known = costKeys.filter((key) => costPoints(sides, score, key, forgetting).series.some(({ points }) => points.length > 0));
  const [cost] = known.includes(wanted) ? [wanted] : known;
  if (cost === undefined || sides.length < fewestDrawn) return null;
  const { series, front } = costPoints(sides, score, cost, forgetting, fitting);
  const pale = [
    ...(fitting === null ? [] : ["not matched"]),
    ...(cost === "memory" || cost === "time" ? ["still training, or timed while other jobs ran"] : []),
  ];
  const hasPale = series.some(({ points }) => points.some(({ isPale }) => isPale === true));
  const { name, format } = axes[cost];
  const csv = () =>
    toCsv(
      ["side", "method", name, scoreTitle(score), "lowest run", "highest run", "not beaten"],
      series.flatMap(({ label, points }) =>
        points.map((point) => [point.label, label, point.x, point.y, point.low, point.high, front.includes(point) ? 1 : 0]),
      ),
    );
  return (
    <Panel
      title="Score"
      fold="Score against what each side costs"
      className={className}
      aside={
        <>
          <Select
            label="Cost"
            value={cost}
            options={known.map((value) => ({ value, label: `vs. ${axes[value].name}` }))}
            onValueChange={(chosen) => onChange({ cost: chosen })}
          />
          <PlotDownload name="comparison-cost" svgRef={svg} csv={csv} />
        </>
      }
    >
      {scores.length > 1 ? (
        <Select
          label="Score of all plots"
          isDense
          value={score.key}
          options={scores.map((one) => ({ value: one.key, label: scoreName(one) }))}
          onValueChange={(key) => onChange({ score: key })}
        />
      ) : null}
      <MethodLegend
        series={series}
        note={`dashed: Pareto front of the means; bars: range over runs${hasPale ? `; pale: ${pale.join(", ")}` : ""}`}
      />
      <Scatter
        svgRef={svg}
        label={`${scoreName(score)} against ${name}`}
        series={series}
        front={front}
        isLogX={cost !== "forgetting"}
        xLabel={name}
        yLabel={scoreTitle(score)}
        formatX={format}
        formatY={(value) => formatScore(score, value)}
      />
    </Panel>
  );
}
