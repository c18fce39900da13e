"use client";
import { AxisX, AxisY } from "@/components/plots/axes";
import { Drawing } from "@/components/plots/drawing";
import { Measured } from "@/components/plots/measured";
import type { HealthMetrics } from "@/lib/contract/run";
import { formatCount, formatInteger, formatPlural } from "@/lib/numbers/format";
import { layOutTurnover } from "./turnover-layout";

/** Latents that began and ceased to be kept, window by window. */
export function Turnover({ health, steps }: { health: readonly HealthMetrics[]; steps: number }) {
  return (
    <Measured height={160}>
      {(width, height) => {
        const { box, zero, bars, x, y, most } = layOutTurnover(health, steps, width, height);
        const half = Math.round(most);
        const xTicks = [0, Math.round(steps / 2), steps].map((value) => ({ value, label: formatCount(value) }));
        const yTicks = [-half, 0, half].map((value) => ({ value, label: formatCount(Math.abs(value)) }));
        return (
          <Drawing width={width} height={height} label="Births and deaths of latents against step">
            <AxisY box={box} ticks={yTicks} position={y} />
            {bars.map((bar) => (
              <g key={bar.step}>
                <title>{`step ${formatInteger(bar.step)}: ${formatPlural(bar.births, "birth")}, ${formatPlural(bar.deaths, "death")}`}</title>
                <rect x={bar.x} y={bar.birthsTop} width={bar.width} height={zero - bar.birthsTop} fill="var(--stan)" />
                <rect x={bar.x} y={zero} width={bar.width} height={bar.deathsBottom - zero} fill="var(--stan)" opacity={0.4} />
              </g>
            ))}
            <AxisX box={box} ticks={xTicks} position={x} label="step" />
            <text x={box.right} y={box.top + 8} textAnchor="end" className="mid halo">
              births
            </text>
            <text x={box.right} y={box.bottom - 5} textAnchor="end" className="mid halo">
              deaths
            </text>
          </Drawing>
        );
      }}
    </Measured>
  );
}
