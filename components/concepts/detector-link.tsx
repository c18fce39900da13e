import { LatentLink } from "@/components/latents/latent-link";
import type { DetectedConcept } from "@/lib/contract/detection";
import type { CollectionSummary } from "@/lib/contract/latent";

type DetectorLinkProps = Pick<DetectedConcept["top"][number], "latent" | "sign"> & {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
};

/** A latent as a detector; of a rank component, the end that scores. */
export function DetectorLink({ runId, collection, latent, sign }: DetectorLinkProps) {
  const module = collection?.modules.find(({ name }) => name === latent.module);
  return (
    <>
      <LatentLink runId={runId} collectionId={collection?.id ?? null} latent={latent} module={module} />
      {sign === -1 && <span className="small dim"> negative end</span>}
    </>
  );
}
