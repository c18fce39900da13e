import styles from "@/components/measures/measures.module.css";
import type { GainCurve, GainPoint } from "@/lib/contract/gain-kept";
import { formatFixed, formatInteger, formatPercent, notMeasured } from "@/lib/numbers/format";
import { orderNames } from "./gain-words";

/** The numbers of the curves: a line for each number of latents; losses where there is no share. */
export function GainTable({ curves, noun }: { readonly curves: readonly GainCurve[]; readonly noun: string }) {
  const counts = [...new Set(curves.flatMap(({ points }) => points.map(({ latents }) => latents)))].sort((a, b) => a - b);
  return (
    <div className="scrollx">
      <table className={`table still ${styles["numbers"]}`}>
        <thead>
          <tr>
            <th scope="col" className="num">
              {noun}s
            </th>
            {curves.map(({ order }) => (
              <th key={order} scope="col" className="num">
                {orderNames[order]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((count) => (
            <tr key={count}>
              <td className="num">{formatInteger(count)}</td>
              {curves.map(({ order, points }) => (
                <td key={order} className="num">
                  <Cell point={points.find(({ latents }) => latents === count)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ point }: { readonly point: GainPoint | undefined }) {
  if (point === undefined) return notMeasured;
  const { share, loss } = point;
  if (share === null) return formatFixed(loss, 4);
  return (
    <>
      {formatPercent(share.value)}{" "}
      <span className="tiny dim">
        {share.low === share.high ? "exactly" : `${formatPercent(share.low)} to ${formatPercent(share.high)}`}
      </span>
    </>
  );
}
