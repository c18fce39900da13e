"use client";
import { AxisX, AxisY } from "@/components/plots/axes";
import { Drawing } from "@/components/plots/drawing";
import { Measured } from "@/components/plots/measured";
import { Panel } from "@/components/ui/panel";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger } from "@/lib/numbers/format";
import { layOutDensity } from "./density-layout";

const height = 112;

/** The latent's density over its training, with the steps at which it was born and died. */
export function TrainingPanel({ detail }: { readonly detail: LatentDetail }) {
  const { training, row } = detail;
  return (
    <Panel
      title="During training"
      level={3}
      fold="Density over training"
      aside={<span className="tiny dim">density, by window of training {positionKindOf(detail.positionKind).plural}</span>}
    >
      {training === null ? (
        <p className="note">No training record for this latent.</p>
      ) : (
        <Measured height={height}>
          {(width) => <DensityDrawing training={training} born={row.bornAtStep} died={row.diedAtStep} width={width} />}
        </Measured>
      )}
    </Panel>
  );
}

type DensityDrawingProps = {
  readonly training: NonNullable<LatentDetail["training"]>;
  readonly born: number | null;
  readonly died: number | null;
  readonly width: number;
};

/** The line at a known width. */
export function DensityDrawing({ training, born, died, width }: DensityDrawingProps) {
  const layout = layOutDensity(training.density, training.steps, width, height);
  const { box, x } = layout;
  const marks = [
    ...(born === null ? [] : [{ step: born, words: `born at step ${formatInteger(born)}` }]),
    ...(died === null ? [] : [{ step: died, words: `died at step ${formatInteger(died)}` }]),
  ];
  const words = marks.length === 0 ? "neither born nor died" : marks.map((mark) => mark.words).join(", ");
  return (
    <Drawing width={width} height={height} label={`Density over training steps: ${words}`}>
      <AxisY box={box} ticks={layout.yTicks} position={layout.y} />
      <AxisX box={box} ticks={layout.xTicks} position={x} />
      <path d={layout.path} fill="none" stroke="var(--stan)" strokeWidth={1.5} strokeLinejoin="round" />
      {marks.map(({ step, words: text }, place) => {
        const isRight = x(step) > (box.left + box.right) / 2;
        return (
          <g key={text}>
            <line x1={x(step)} x2={x(step)} y1={box.top} y2={box.bottom} stroke="var(--ink-2)" strokeDasharray="2 2" />
            <text x={x(step) + (isRight ? -5 : 5)} y={box.top + 8 + place * 13} textAnchor={isRight ? "end" : "start"} className="mid halo">
              {text}
            </text>
          </g>
        );
      })}
    </Drawing>
  );
}
