import { Link } from "@/components/ui/link";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionModule } from "@/lib/contract/latent";
import { wholeLatentKey } from "@/lib/contract/latent-key";
import { latentHref } from "./latent-href";
import { LatentName } from "./latent-name";
import { defaultLatentParams } from "./latent-params";

type LatentLinkProps = {
  readonly runId: string;
  readonly collectionId: string | null;
  readonly latent: LatentRef;
  /** Undefined where the collection does not have the latent's module: then its whole name is shown. */
  readonly module: CollectionModule | undefined;
};

/** The name of a latent, as a link to its page. */
export function LatentLink({ runId, collectionId, latent, module }: LatentLinkProps) {
  return (
    <Link href={latentHref(runId, latent, { ...defaultLatentParams, collectionId })} title={wholeLatentKey(latent)}>
      {module === undefined ? (
        <span className="mono">
          {latent.module} <b className="strong">#{latent.index}</b>
        </span>
      ) : (
        <LatentName layer={module.layer} projection={module.projection} index={latent.index} />
      )}
    </Link>
  );
}
