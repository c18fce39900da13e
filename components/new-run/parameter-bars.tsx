"use client";
import { Drawing } from "@/components/plots/drawing";
import { MarkShape, markColour } from "@/components/plots/mark";
import { Measured } from "@/components/plots/measured";
import { methodName } from "@/components/shell/method-mark";
import { formatCount, formatInteger, formatPlural } from "@/lib/numbers/format";
import type { ParameterCount } from "./count-parameters";
import { barHeight, layOutParameterBars, type TrainedSize } from "./parameter-bars-layout";

type ParameterBarsProps = { count: ParameterCount; bars: readonly TrainedSize[] };

/** Trainable parameters of each method, by projection. */
export function ParameterBars({ count, bars }: ParameterBarsProps) {
  return (
    <Measured height={bars.length * 30 + 26}>
      {(width) => {
        const layout = layOutParameterBars(count, bars, width);
        return (
          <Drawing width={width} height={layout.height} label="Trainable parameters by projection">
            {layout.bars.map((bar) => (
              <g key={bar.method}>
                <MarkShape mark={bar.method} x={6} y={bar.y + 9} radius={3.8} />
                <text x={16} y={bar.y + 13} className="b" style={{ fill: markColour(bar.method) }}>
                  {methodName(bar.method)}
                </text>
                {bar.parts.map((part, place) => (
                  <g key={part.name}>
                    <title>{`${part.name}: ${formatInteger(part.parameters)}`}</title>
                    <rect
                      x={part.x}
                      y={bar.y}
                      width={part.width}
                      height={barHeight}
                      rx={1}
                      fill={markColour(bar.method)}
                      opacity={place % 2 === 0 ? 1 : 0.32}
                    />
                    {part.width > 92 ? (
                      <text
                        x={part.x + 8}
                        y={bar.y + 13}
                        style={{ fill: place % 2 === 0 ? "var(--surface)" : "var(--ink)", fontWeight: 500 }}
                      >
                        {part.name} {formatCount(part.parameters)}
                      </text>
                    ) : null}
                  </g>
                ))}
                <text x={bar.end + 8} y={bar.y + 13} className="ink b">
                  {formatCount(bar.total)}
                </text>
              </g>
            ))}
            <text x={layout.left} y={layout.height - 6}>
              trainable parameters, {formatPlural(count.modules, "module")}
            </text>
          </Drawing>
        );
      }}
    </Measured>
  );
}
