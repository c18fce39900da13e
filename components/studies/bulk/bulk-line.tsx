import { Plus } from "lucide-react";
import Link from "next/link";
import { LatentGistOf } from "@/components/latents/find/latent-gist";
import { latentHref } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import { readLatentParams } from "@/components/latents/latent-params";
import styles from "@/components/studies/studies.module.css";
import { modulesOf, type StudyHome } from "@/components/studies/study-home";
import { IconButton } from "@/components/ui/icon-button";
import { wholeLatentKey } from "@/lib/contract/latent-key";
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
  const params = { ...readLatentParams(new URLSearchParams()), collectionId: collection?.id ?? null };
  return (
    <tr>
      <td>
        <span className={styles["latent"]}>
          <IconButton label="Put it into the list of edits" className={styles["add"]} onClick={onAdd}>
            <Plus size={12} aria-hidden="true" />
          </IconButton>
          <Link href={latentHref(home.runId, latent, params)} title={wholeLatentKey(latent)}>
            {module === undefined ? (
              <span className="mono">
                {latent.module} <b className="strong">#{latent.index}</b>
              </span>
            ) : (
              <LatentName layer={module.layer} projection={module.projection} index={latent.index} />
            )}
          </Link>
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
