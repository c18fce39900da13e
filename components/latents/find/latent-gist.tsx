"use client";
import { useQuery } from "@tanstack/react-query";
import { EstimatedMark } from "@/components/latents/estimated-mark";
import { TokenChip } from "@/components/latents/token-chip";
import { latentQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentRow } from "@/lib/contract/latent";

const shownTokens = 3;

/** What a latent is about: its label, else the tokens it fires at. */
export function LatentGist({ row }: { readonly row: Pick<LatentRow, "label" | "topTokens" | "fireCount"> }) {
  if (row.label !== null)
    return (
      <span className="small mid" title={row.label.text}>
        {row.label.text}
      </span>
    );
  if (row.fireCount === 0) return <span className="small dim">dead</span>;
  return (
    <>
      <EstimatedMark tokens={row.topTokens} />
      {row.topTokens.slice(0, shownTokens).map((top) => (
        <TokenChip key={top.token} text={top.token} />
      ))}
    </>
  );
}

/** The same of a latent that is known by name alone. */
export function LatentGistOf({ collectionId, latent }: { readonly collectionId: string; readonly latent: LatentRef }) {
  const detail = useQuery(latentQueryOptions({ collectionId }, latent));
  return detail.data === undefined ? null : <LatentGist row={detail.data.row} />;
}
