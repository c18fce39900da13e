"use client";
import { Download } from "lucide-react";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { saveFile } from "@/components/ui/save-file";
import { featureDownloadUrl } from "@/lib/client/latents";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import styles from "./latent.module.css";
import type { TablePlace } from "./use-table-place";

type LatentTitleProps = {
  readonly module: string;
  readonly index: number;
  readonly collection: CollectionSummary | null;
  readonly detail: LatentDetail | undefined;
  readonly place: TablePlace;
  /** Null for a dictionary, which has no adapter to steer. */
  readonly steerHref: string | null;
};

/** Which latent it is, and what can be done with it. */
export function LatentTitle({ module, index, collection, detail, place, steerHref }: LatentTitleProps) {
  // A run's pages have its name as their first heading; a dictionary's have none above this one.
  const Heading = steerHref === null ? "h1" : "h2";
  return (
    <div className={styles["title"]}>
      <Heading>
        <span className="dim regular">{module}</span> {index}
      </Heading>
      <span className="grow" />
      <span className="row wrap">
        <Step href={place.previousHref} label="Previous" />
        <Step href={place.nextHref} label="Next" />
        <span className="only-wide">
          <CopyButton text={() => window.location.href}>Link</CopyButton>
        </span>
        <Button
          look="quiet"
          disabled={detail === undefined}
          onClick={() => saveFile(`${module}.${index}.json`, JSON.stringify({ collection, ...detail }, null, 2), "application/json")}
        >
          <Download size={13} aria-hidden="true" />
          JSON
        </Button>
        {collection !== null && detail !== undefined && positionKindOf(detail.positionKind).hasVocabulary && (
          <a
            className="btn quiet only-wide"
            href={featureDownloadUrl(collection.id, { module, index })}
            download
            title="One feature as circuit-tracer reads it"
          >
            circuit-tracer
          </a>
        )}
        {steerHref !== null && (
          <ButtonLink look="primary" href={steerHref}>
            Steer
          </ButtonLink>
        )}
      </span>
    </div>
  );
}

/** On a narrow screen, where there is neither rail nor keyboard. */
function Step({ href, label }: { readonly href: string | null; readonly label: string }) {
  if (href === null) return null;
  return (
    <span className="only-narrow">
      <ButtonLink href={href} replace>
        {label}
      </ButtonLink>
    </span>
  );
}
