import { formatColumn } from "@/components/latents/range-words";
import { Panel } from "@/components/ui/panel";
import type { LatentRow } from "@/lib/contract/latent";
import { columnsWith, latentColumns, tellsOf } from "@/lib/contract/latent-columns/latent-columns";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { notMeasured } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type StatisticsPanelProps = {
  readonly row: LatentRow;
  /** `latent` or `component`. */
  readonly noun: string;
  /** Whether it fires everywhere: what is the same for all such components is left out. */
  readonly isDense: boolean;
  readonly positions: PositionKind;
};

/** The statistics that have no place of their own on the page. */
export function StatisticsPanel({ row, noun, isDense, positions }: StatisticsPanelProps) {
  return (
    <Panel title="Statistics" level={3} fold="Moments, norms and shares">
      <table className={styles["list"]}>
        <tbody>
          {columnsWith("isListed")
            .filter((name) => tellsOf(name, isDense))
            .map((name) => (
              <tr key={name} title={latentColumns[name].explain(noun, positions)}>
                <td className="mid">{latentColumns[name].table.name}</td>
                <td className="num">{row[name] === null ? notMeasured : formatColumn(name, row[name])}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Panel>
  );
}
