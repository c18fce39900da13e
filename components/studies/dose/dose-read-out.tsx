import type { ReactNode } from "react";
import styles from "@/components/studies/studies.module.css";
import { formatSignificant, notMeasured } from "@/lib/numbers/format";
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
      <table className={styles["readout"]}>
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
            return (
              <tr key={curve.key}>
                <th scope="row">
                  {curve.title} <span className="tiny dim">{curve.unit}</span>
                </th>
                <td>
                  <b className="strong">{written(point?.y)}</b>
                  {point?.halfWidth === null || point === undefined ? "" : ` ± ${formatSignificant(point.halfWidth, 2)}`}
                </td>
                <td>{random === undefined ? notMeasured : `${written(random.low)} … ${written(random.high)}`}</td>
                <td>{written(curve.adapter)}</td>
                <td>{written(curve.base)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function written(value: number | null | undefined): string {
  return value === null || value === undefined ? notMeasured : formatSignificant(value);
}
