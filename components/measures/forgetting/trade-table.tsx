import styles from "@/components/measures/measures.module.css";
import type { ForgettingTrade } from "@/lib/contract/forgetting";
import { formatFixed, formatPercent } from "@/lib/numbers/format";

type TradeTableProps = { readonly expected: ForgettingTrade; readonly measured: ForgettingTrade };

const lines = [
  { key: "forgetting", name: "Forgetting", before: "forgetting", after: "forgettingAfter" },
  { key: "gain", name: "Gain", before: "gain", after: "gainAfter" },
] as const;

/** Both texts before and after, on the rows that chose what is ablated and on the others. */
export function TradeTable({ expected, measured }: TradeTableProps) {
  return (
    <div className="scrollx">
      <table className={`table still ${styles["numbers"]}`}>
        <thead>
          <tr>
            <th scope="col">nats per token</th>
            <th scope="col">Rows</th>
            <th scope="col" className="num">
              Adapter
            </th>
            <th scope="col" className="num">
              Repaired
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.flatMap(({ key, name, before, after }) =>
            [
              { rows: "that measure", trade: measured },
              { rows: "that chose", trade: expected },
            ].map(({ rows, trade }, at) => (
              <tr key={`${key} ${rows}`}>
                <td>{at === 0 ? name : ""}</td>
                <td className="small mid">{rows}</td>
                <td className="num">
                  <Bounded {...trade[before]} />
                </td>
                <td className="num">
                  <Bounded {...trade[after]} />
                </td>
              </tr>
            )),
          )}
          {[measured, expected].map(({ gainKept }, at) =>
            gainKept === null ? null : (
              <tr key={at === 0 ? "kept measured" : "kept expected"}>
                <td>{at === 0 ? "Gain kept" : ""}</td>
                <td className="small mid">{at === 0 ? "that measure" : "that chose"}</td>
                <td className="num">{formatPercent(1)}</td>
                <td className="num">
                  {formatPercent(gainKept.value)}{" "}
                  <span className="tiny dim">
                    {formatPercent(gainKept.low)} to {formatPercent(gainKept.high)}
                  </span>
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function Bounded({ value, low, high }: ForgettingTrade["gain"]) {
  return (
    <>
      {formatFixed(value, 4)}{" "}
      <span className="tiny dim">
        {formatFixed(low, 4)} to {formatFixed(high, 4)}
      </span>
    </>
  );
}
