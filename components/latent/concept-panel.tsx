import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import type { LatentConcept } from "@/lib/contract/detection";
import { formatFixed, formatInteger, formatPlural } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type ConceptPanelProps = {
  readonly runId: string;
  readonly concepts: readonly LatentConcept[];
  /** `latent` or `component`. */
  readonly noun: string;
};

/** Concepts that it detects, as the run's detections found; nothing where it is among no concept's best. */
export function ConceptPanel({ runId, concepts, noun }: ConceptPanelProps) {
  if (concepts.length === 0) return null;
  const isBest = concepts.some(({ report }) => report !== null);
  const isAmongBest = concepts.some(({ report }) => report === null);
  return (
    <Panel title="Detects" level={3} aside={<span className="tiny dim">AUROC</span>}>
      <table className={styles["list"]}>
        <tbody>
          {concepts.map((one) => (
            <tr key={`${one.detectionId} ${one.concept} ${one.sign}`} title={titleOf(one)}>
              <td className={styles["labelcell"]}>
                <Link
                  className="cut"
                  href={`/runs/${encodeURIComponent(runId)}/concepts?detection=${encodeURIComponent(one.detectionId)}`}
                  prefetch={false}
                >
                  {one.concept}
                </Link>
                {one.sign === -1 && <span className="small dim"> negative end</span>}
              </td>
              <td className="dim cut">{one.dataName}</td>
              <td className="num">
                <Score {...one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="note">
        {isBest && `With an interval: the concept’s best ${noun}, chosen on one half of the rows and scored on the other (95 % CI). `}
        {isAmongBest && `Without: among the best over all rows. Those rows chose it, so the number is too high.`}
      </p>
    </Panel>
  );
}

function Score({ report, ranking }: LatentConcept) {
  if (report === null) return ranking === null ? null : <span className="mid">{formatFixed(ranking.auroc, 3)}</span>;
  const [low, high] = report.interval;
  return (
    <>
      <b className="strong">{formatFixed(report.auroc, 3)}</b>{" "}
      <span className="dim">
        ({formatFixed(low, 3)} to {formatFixed(high, 3)})
      </span>
    </>
  );
}

function titleOf({ rows, ranking }: LatentConcept): string {
  const counted = `${formatPlural(rows.positives, "row")} with the concept, ${formatInteger(rows.negatives)} without`;
  return ranking === null ? counted : `${counted}; average precision over all ${formatFixed(ranking.averagePrecision, 3)}`;
}
