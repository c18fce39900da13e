import { Plus } from "lucide-react";
import { LatentGistOf } from "@/components/latents/find/latent-gist";
import { LatentLink } from "@/components/latents/latent-link";
import styles from "@/components/studies/studies.module.css";
import { modulesOf, type StudyHome } from "@/components/studies/study-home";
import { IconButton } from "@/components/ui/icon-button";
import type { BulkResult, BulkRow, Estimate } from "@/lib/contract/study";
import { formatFixed, formatInteger, formatPercent, formatSigned, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { givenHalfWidth } from "@/lib/numbers/statistics/enough-examples";

type BulkLineProps = {
  readonly home: StudyHome;
  readonly row: BulkRow;
  readonly result: BulkResult;
  readonly isValued: boolean;
  readonly onAdd: () => void;
};

/** One latent that was tried. */
export function BulkLine({ home, row, result, isValued, onAdd }: BulkLineProps) {
  const { latent } = row;
  const { collection } = home;
  const module = modulesOf(home).find(({ name }) => name === latent.module);
  return (
    <tr>
      <td>
        <span className={styles["latent"]}>
          <IconButton label="Add to the edits" className={styles["add"]} onClick={onAdd}>
            <Plus size={12} aria-hidden="true" />
          </IconButton>
          <LatentLink runId={home.runId} collectionId={collection?.id ?? null} latent={latent} module={module} />
          {collection !== null && (
            <span className={`cut ${styles["gist"]}`}>
              <LatentGistOf collectionId={collection.id} latent={latent} />
            </span>
          )}
        </span>
      </td>
      {isValued && <td className="num">{row.value === null ? notMeasured : formatSignificant(row.value)}</td>}
      <td className="num">{formatInteger(row.firings)}</td>
      <td className="num">
        <Read estimate={row.klToAdapter} />
      </td>
      <td className="num">{formatSignificant(row.klToBase.mean)}</td>
      <td className="num">{formatPercent(row.changedTokens.mean)}</td>
      {result.targets.map((target, at) => {
        const change = row.targetChanges[at];
        const half = change === undefined ? null : givenHalfWidth(change);
        return (
          <td key={target} className="num">
            {change === undefined ? notMeasured : formatSigned(change.mean, 3)}
            {half === null ? "" : <span className="dim"> ± {formatFixed(half, 3)}</span>}
          </td>
        );
      })}
    </tr>
  );
}

function Read({ estimate }: { readonly estimate: Estimate }) {
  const halfWidth = givenHalfWidth(estimate);
  return (
    <>
      {formatSignificant(estimate.mean)}
      {halfWidth !== null && <span className="dim"> ± {formatSignificant(halfWidth, 2)}</span>}
    </>
  );
}
