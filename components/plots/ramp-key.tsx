import type { Ramp } from "./ramp";

type RampKeyProps = {
  readonly ramp: Ramp;
  /** The top of the scale, as text. */
  readonly max: string;
  readonly unit?: string;
  /** Draws the blue half, down to −max, too. */
  readonly isSigned?: boolean;
};

const steps = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** The legend of a colour scale. */
export function RampKey({ ramp, max, unit, isSigned = false }: RampKeyProps) {
  return (
    <span className="actkey">
      <span>{isSigned ? `−${max}` : "0"}</span>
      <i aria-hidden="true">
        {isSigned && [...steps].reverse().map((step) => <b key={step} style={{ background: `var(--neg-${step})`, width: 6 }} />)}
        {steps.map((step) => (
          <b key={step} style={{ background: `var(--${ramp}-${step})`, width: isSigned ? 6 : 12 }} />
        ))}
      </i>
      <span>
        {max}
        {unit === undefined ? "" : ` ${unit}`}
      </span>
    </span>
  );
}
