"use client";
import { useMemo } from "react";
import { Histogram } from "@/components/plots/histogram";
import type { Bin } from "@/components/plots/histogram-layout";
import { LineChart } from "@/components/plots/line-chart";
import { Panel } from "@/components/ui/panel";
import type { HealthMetrics, RunDetail } from "@/lib/contract/run";
import { formatInteger, formatPercent, formatPowerOfTen } from "@/lib/numbers/format";
import { isOver } from "./run-status";
import { Turnover } from "./turnover";

/** Which latents live while an adapter with a selection trains: share, births and deaths, density. */
export function HealthPanel({ detail }: { detail: RunDetail }) {
  const latest = detail.health.at(-1);
  const series = useMemo(
    () => [
      {
        key: "alive",
        label: "alive",
        mark: detail.run.method,
        line: detail.health.map((window) => ({ x: window.step, y: window.alive / window.numLatents })),
      },
    ],
    [detail.health, detail.run.method],
  );
  const xDomain = useMemo((): readonly [number, number] => [0, detail.run.steps], [detail.run.steps]);
  if (!latest) {
    return (
      <Panel title="Latent health">
        <p className="mid">
          Alive latents are counted over windows of training tokens;{" "}
          {isOver(detail.run) ? "no window was completed." : "the first window is not complete yet."}
        </p>
      </Panel>
    );
  }
  return (
    <Panel
      title="Latent health"
      fold={`${formatInteger(latest.alive)} of ${formatInteger(latest.numLatents)} latents alive`}
      aside={
        <span className="small dim">
          {formatInteger(latest.numLatents)} latents; alive = kept at least once in the last {formatInteger(latest.windowTokens)} tokens
        </span>
      }
    >
      <div className="grid">
        <div className="c4">
          <h3 className="small mid">Share alive, now {formatPercent(latest.alive / latest.numLatents)}</h3>
          <LineChart
            height={160}
            series={series}
            xDomain={xDomain}
            yIncludes={fullShare}
            formatY={formatPercent}
            formatValue={formatPercent}
            label="Share of latents alive against step"
            xLabel="step"
            lineName="alive"
          />
        </div>
        <div className="c4">
          <h3 className="small mid">Births and deaths per window</h3>
          <Turnover health={detail.health} steps={detail.run.steps} />
        </div>
        <div className="c4">
          <h3 className="small mid">Density now, all latents</h3>
          <Histogram
            height={160}
            {...densityHistogram(latest)}
            isLogCount={false}
            isLogValue
            colour={detail.run.method}
            label="Latents by density"
            xLabel="density (log)"
            margin={densityMargin}
          />
        </div>
      </div>
    </Panel>
  );
}

const fullShare = [1];
const densityMargin = { left: 44, right: 14, top: 14, bottom: 36 };

/** The first bin holds the latents that never fired in the window, the others half decades from 10⁻⁶ to 1. */
function densityHistogram(latest: HealthMetrics): { bins: Bin[]; ticks: { value: number; label: string }[] } {
  const edge = (index: number) => 10 ** (-6.5 + index / 2);
  const bins = latest.densityHistogram.map((count, index) => ({ from: edge(index), to: edge(index + 1), count }));
  const decades = [-4, -2, 0].map((exponent) => ({ value: 10 ** exponent, label: exponent === 0 ? "1" : formatPowerOfTen(exponent) }));
  return { bins, ticks: [{ value: 10 ** -6.25, label: "never" }, ...decades] };
}
