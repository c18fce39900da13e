import type { ReactNode } from "react";
import { formatFixed, formatSignificant, notMeasured } from "@/lib/numbers/format";
import type { DoseCurve } from "./dose-curves";

type DoseReadOutProps = {
  readonly curves: readonly DoseCurve[];
  readonly at: number;
  /** The value in words. */
  readonly name: string;
  readonly action: ReactNode;
};

/** The numbers of all plots at one value. */
export function DoseReadOut({ curves, at, name, action }: DoseReadOutProps) {
  const raw = formatSignificant(at);
  return (
    <div className="scrollx">
      <table className="readout">
        <thead>
          <tr>
            <th scope="col">
              <span className="row">
                <b className="strong">{name === raw ? name : `${name} (${raw})`}</b>
                {action}
              </span>
            </th>
            <th scope="col">this latent</th>
            <th scope="col">random latents</th>
            <th scope="col">adapter</th>
            <th scope="col">base</th>
          </tr>
        </thead>
        <tbody>
          {curves.map((curve) => {
            const point = curve.points.find(({ x }) => x === at);
            const random = curve.band.find(({ x }) => x === at);
            const write = writerOf(curve, point?.halfWidth ?? null);
            return (
              <tr key={curve.key}>
                <th scope="row">
                  {curve.title} <span className="tiny dim">{curve.unit}</span>
                </th>
                <td>
                  <b className="strong">{write(point?.y)}</b>
                  {point?.halfWidth === null || point === undefined ? "" : ` ± ${point.halfWidth === 0 ? "0" : write(point.halfWidth)}`}
                </td>
                <td>{random === undefined ? notMeasured : `${write(random.low)} … ${write(random.high)}`}</td>
                <td>{write(curve.adapter)}</td>
                <td>{write(curve.base)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const usualDecimals = 4;
const mostDecimals = 6;

/** Two digits of the interval, and as many decimals of the values next to it; what is measured from 0 may be of any size. */
function writerOf({ reference }: DoseCurve, halfWidth: number | null): (value: number | null | undefined) => string {
  const decimals =
    halfWidth === null || halfWidth === 0 ? usualDecimals : Math.min(mostDecimals, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
  return (value) => {
    if (value === null || value === undefined) return notMeasured;
    return reference === "zero" ? formatSignificant(value) : formatFixed(value, decimals);
  };
}
