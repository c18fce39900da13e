import { effectDoubt } from "@/components/latents/effect-doubt";
import { firingWord } from "@/components/latents/firing-word";
import { formatNats } from "@/components/latents/range-words";
import { Drawing } from "@/components/plots/drawing";
import { IntervalMark } from "@/components/plots/interval-mark";
import type { Mark } from "@/components/plots/mark";
import type { LatentRow } from "@/lib/contract/latent";
import { formatSignificant } from "@/lib/numbers/format";
import { type EffectAxis, effectMarks } from "./effect-axis";

const height = 28;
const middle = height / 2;
const leastBand = 2;

type EffectDotProps = {
  readonly effect: NonNullable<LatentRow["ablation"]>;
  readonly axis: EffectAxis;
  readonly mark: Mark;
  /** Whether it is a mean over positions, as a dense component's is. */
  readonly isDense: boolean;
};

/** A measured effect: dot and 95 % interval over the grey band of its controls; hollow and grey if the interval includes 0. */
export function EffectDot({ effect, axis, mark, isDense }: EffectDotProps) {
  const { dot, interval, isCut, band, excludesZero } = effectMarks(effect, axis);
  const words = effectWords(effect, firingWord(isDense));
  return (
    <Drawing width={axis.width} height={height} label={words}>
      <title>{words}</title>
      {band !== null && (
        <rect
          x={Math.min(band[0], (band[0] + band[1] - leastBand) / 2)}
          y={4}
          width={Math.max(leastBand, band[1] - band[0])}
          height={20}
          fill="var(--band)"
        />
      )}
      <line className="axis-l" x1={axis.x(0)} x2={axis.x(0)} y1={0} y2={height} />
      <IntervalMark at={dot} ends={interval} isCut={isCut} y={middle} mark={mark} excludesZero={excludesZero} />
    </Drawing>
  );
}

/** The axis of the column, in its head. */
export function EffectTicks({ axis }: { readonly axis: EffectAxis }) {
  return (
    <svg width={axis.width} height={40} viewBox={`0 0 ${axis.width} 40`} aria-hidden="true">
      <line className="axis-l" x1={3} x2={axis.width - 3} y1={24.5} y2={24.5} />
      {axis.ticks.map(({ value, label }) => (
        <g key={value}>
          <line className="axis-l" x1={axis.x(value)} x2={axis.x(value)} y1={24} y2={28} />
          <text x={axis.x(value)} y={37} textAnchor="middle">
            {label}
          </text>
        </g>
      ))}
      <text x={axis.width - 4} y={16} textAnchor="end">
        nats
      </text>
    </svg>
  );
}

/** @param each what it is a mean over: `firing` */
function effectWords({ perFiring, halfWidth, controlPerFiring, controlHalfWidth }: EffectDotProps["effect"], each: string): string {
  const own = `${formatNats(perFiring)}${halfWidth === null ? "" : ` ${ofInterval(halfWidth)}`} nats per ${each}`;
  const doubt = effectDoubt(perFiring, halfWidth);
  const ends = doubt === "" ? own : `${own}, ${doubt}`;
  if (controlPerFiring === null) return `${ends}; no controls`;
  return `${ends}; controls ${formatNats(controlPerFiring)}${controlHalfWidth === null ? "" : ` ${ofInterval(controlHalfWidth)}`}`;
}

function ofInterval(halfWidth: number): string {
  return `±\u00a0${formatSignificant(halfWidth)}`;
}
