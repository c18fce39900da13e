"use client";
import { ChevronDown, ChevronUp, Download } from "lucide-react";
import type { ReactNode } from "react";
import { latentName } from "@/components/latents/edit-words";
import type { AddToEdits } from "@/components/latents/use-add-to-edits";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { IconButton } from "@/components/ui/icon-button";
import { Link } from "@/components/ui/link";
import { saveFile } from "@/components/ui/save-file";
import { featureDownloadUrl } from "@/lib/client/latents";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { keepScroll } from "./kept-scroll";
import styles from "./latent.module.css";
import type { TablePlace } from "./use-table-place";

type LatentTitleProps = {
  readonly module: string;
  readonly index: number;
  readonly collection: CollectionSummary | null;
  readonly detail: LatentDetail | undefined;
  readonly place: TablePlace;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: string;
  /** Null for a dictionary, which has no adapter to steer. */
  readonly steer: AddToEdits | null;
  /** Its label. */
  readonly children: ReactNode;
};

/** Which latent it is, what can be done with it, and its label: in sight however far down its examples are read. */
export function LatentTitle({ module, index, collection, detail, place, noun, steer, children }: LatentTitleProps) {
  // A run's pages have its name as their first heading; a dictionary's have none above this one.
  const Heading = steer === null ? "h1" : "h2";
  return (
    <div className={`stack fit ${styles["sticky"]}`}>
      <div className={styles["title"]}>
        <Heading title={module}>{latentName({ module, index }, collection?.modules ?? [])}</Heading>
        <span className={`only-wide cut dim small mono ${styles["module"]}`}>{module}</span>
        <span className="grow" />
        <span className="row">
          <Step href={place.previousHref} label={`Previous ${noun}`} keyName="k">
            <ChevronUp size={15} aria-hidden="true" />
          </Step>
          <Step href={place.nextHref} label={`Next ${noun}`} keyName="j">
            <ChevronDown size={15} aria-hidden="true" />
          </Step>
          <span className="only-wide">
            <CopyButton text={() => window.location.href}>Link</CopyButton>
          </span>
          <Button
            look="quiet"
            aria-label="JSON"
            disabled={detail === undefined}
            onClick={() => saveFile(`${module}.${index}.json`, JSON.stringify({ collection, ...detail }, null, 2), "application/json")}
          >
            <Download size={13} aria-hidden="true" />
            <span className="only-wide">JSON</span>
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
          {steer !== null && (
            <ButtonLink look="primary" href={steer.href} title={steer.title}>
              {steer.label}
            </ButtonLink>
          )}
        </span>
      </div>
      {children}
    </div>
  );
}

type StepProps = { readonly href: string | null; readonly label: string; readonly keyName: string; readonly children: ReactNode };

/** To a neighbour in the table; at the table's end it keeps its place. */
function Step({ href, label, keyName, children }: StepProps) {
  if (href === null) {
    return (
      <IconButton label={label} disabled>
        {children}
      </IconButton>
    );
  }
  return (
    <Link
      className="iconbtn"
      href={href}
      replace
      scroll={false}
      prefetch={false}
      aria-label={label}
      title={`${label} (${keyName})`}
      onClick={() => keepScroll(href)}
    >
      {children}
    </Link>
  );
}
