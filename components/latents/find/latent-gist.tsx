"use client";
import { useQuery } from "@tanstack/react-query";
import { EstimatedMark } from "@/components/latents/estimated-mark";
import { TokenChip } from "@/components/latents/token-chip";
import { latentQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentRow } from "@/lib/contract/latent";
import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";

const shownTokens = 3;
/** Of each tail of a dense component. */
const shownOfTail = 2;

/** What a latent is about: its label, else the tokens it fires at, or those of a dense component's tails. */
export function LatentGist({
  row,
}: {
  readonly row: Pick<LatentRow, "label" | "topTokens" | "positiveTail" | "negativeTail" | "fireCount">;
}) {
  if (row.label !== null)
    return (
      <span className="small mid" title={row.label.text}>
        {row.label.text}
      </span>
    );
  if (row.fireCount === 0) return <span className="small dim">dead</span>;
  if (row.positiveTail !== null && row.negativeTail !== null)
    return (
      <>
        {row.positiveTail.tokens.length > 0 && <span className="small dim">+ </span>}
        <Chips tokens={row.positiveTail.tokens} most={shownOfTail} />
        {row.negativeTail.tokens.length > 0 && <span className="small dim"> − </span>}
        <Chips tokens={row.negativeTail.tokens} most={shownOfTail} />
      </>
    );
  return (
    <>
      <EstimatedMark tokens={row.topTokens} />
      <Chips tokens={row.topTokens} most={shownTokens} />
    </>
  );
}

function Chips({ tokens, most }: { readonly tokens: readonly CountedToken[]; readonly most: number }) {
  return tokens.slice(0, most).map(({ token }) => <TokenChip key={token} text={token} />);
}

/** The same of a latent that is known by name alone. */
export function LatentGistOf({ collectionId, latent }: { readonly collectionId: string; readonly latent: LatentRef }) {
  const detail = useQuery(latentQueryOptions({ collectionId }, latent));
  return detail.data === undefined ? null : <LatentGist row={detail.data.row} />;
}
