import { HeadCell } from "@/components/ui/table-head";
import type { DetectedConcept } from "@/lib/contract/detection";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatFixed, formatInteger, formatPlural } from "@/lib/numbers/format";
import styles from "./concepts.module.css";
import { DetectorLink } from "./detector-link";

type TopDetectorsProps = { readonly runId: string; readonly collection: CollectionSummary | null; readonly concept: DetectedConcept };

/** The best latents of one concept over all of its rows. */
export function TopDetectors({ runId, collection, concept: { rows, top } }: TopDetectorsProps) {
  const hasHard = rows.hardNegatives > 0;
  return (
    <>
      <p className="note">
        The best {formatInteger(top.length)} over all rows. They were chosen on the rows that score them here, so these numbers are too
        high.
      </p>
      <div className="scrollx">
        <table className={`table stacks still ${styles["top"]}`}>
          <thead>
            <tr>
              <HeadCell>Latent</HeadCell>
              <HeadCell isNumeric>AUROC</HeadCell>
              <HeadCell isNumeric>Avg. precision</HeadCell>
              {hasHard && (
                <HeadCell isNumeric unit={formatPlural(rows.hardNegatives, "hard negative")}>
                  AUROC
                </HeadCell>
              )}
              <HeadCell isNumeric unit={`of ${formatInteger(rows.positives)} with the concept`}>
                Active
              </HeadCell>
              <HeadCell isNumeric unit={`of ${formatInteger(rows.negatives)} without`}>
                Active
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {top.map(({ latent, sign, ranking, hard, active }) => (
              <tr key={`${latent.module} ${latent.index} ${sign}`}>
                <td>
                  <DetectorLink runId={runId} collection={collection} latent={latent} sign={sign} />
                </td>
                <td className="num" data-label="AUROC">
                  {formatFixed(ranking.auroc, 3)}
                </td>
                <td className="num" data-label="Avg. precision">
                  {formatFixed(ranking.averagePrecision, 3)}
                </td>
                {hasHard && (
                  <td className="num" data-label="AUROC, hard negatives">
                    {hard === null ? "" : formatFixed(hard.auroc, 3)}
                  </td>
                )}
                <td className="num" data-label="Active with the concept">
                  {formatInteger(active.positives)}
                </td>
                <td className="num" data-label="Active without">
                  {formatInteger(active.negatives)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
