"use client";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { steerHref } from "@/components/latents/edit-text";
import { latentsHref } from "@/components/latents/latent-href";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { saveFile } from "@/components/ui/save-file";
import { Skeleton } from "@/components/ui/skeleton";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { collectionsQuery, latentQueryOptions } from "@/lib/client/latents";
import { runQuery } from "@/lib/client/runs";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { formatInteger } from "@/lib/numbers/format";
import { ActivationPanel } from "./activation-panel";
import { DomainTable } from "./domain-table";
import { ExamplePanel } from "./example-panel";
import styles from "./latent.module.css";
import { LatentNumbers } from "./latent-numbers";
import { LatentRail } from "./latent-rail";
import { TopTokens } from "./top-tokens";
import { useLatentAddress } from "./use-latent-address";
import { type TablePlace, useTablePlace } from "./use-table-place";

type LatentScreenProps = { readonly runId: string; readonly module: string; readonly index: number };

/** One latent: how often and how strongly it fires, on what, beside its neighbours in the table. */
export function LatentScreen({ runId, module, index }: LatentScreenProps) {
  const address = useLatentAddress();
  const collections = useQuery(collectionsQuery(runId));
  const run = useQuery(runQuery(runId));
  const collection = collections.data === undefined ? null : chosenCollection(collections.data, address.params.collectionId);
  const selection = { ...address.params, collectionId: collection?.id ?? "" };
  const detail = useQuery({ ...latentQueryOptions(selection, { module, index }), enabled: collection !== null });

  const current = { module, index };
  const place = useTablePlace(runId, collection, address.params, address.at, current, detail.data);
  const router = useRouter();
  const go = (href: string | null) => href !== null && router.replace(href);
  const leave = () => router.push(latentsHref(runId, address.params));
  useShortcuts({
    j: () => go(place.nextHref),
    k: () => go(place.previousHref),
    s: () => router.push(steerHref(runId, collection?.id ?? null, [current])),
    Escape: leave,
  });

  const failed = collections.error ?? detail.error;
  if (failed !== null) {
    return (
      <main className="page">
        <ErrorNote
          title={`Latent ${index} of ${module} could not be read`}
          actions={
            <>
              <Button onClick={() => void Promise.all([collections.refetch(), detail.refetch()])}>Try again</Button>
              <ButtonLink look="quiet" href={latentsHref(runId, address.params)}>
                All latents
              </ButtonLink>
            </>
          }
        >
          {failed.message}
        </ErrorNote>
      </main>
    );
  }
  if (collections.data !== undefined && collection === null) {
    return (
      <main className="page">
        <EmptyState
          title="No statistics yet"
          action={<ButtonLink href={latentsHref(runId, address.params)}>Go to the latents of this run</ButtonLink>}
        >
          This latent has no numbers before a collection has run.
        </EmptyState>
      </main>
    );
  }
  return (
    <>
      <div className={styles["three"]}>
        <LatentRail runId={runId} collection={collection} params={address.params} current={current} place={place} />
        <main className={styles["middle"]}>
          <Title runId={runId} module={module} index={index} collection={collection} detail={detail.data} place={place} />
          {detail.data === undefined || collection === null ? (
            <Waiting />
          ) : (
            <Body detail={detail.data} collection={collection} isLora={run.data?.run.method === "lora"} address={address} />
          )}
        </main>
        <aside className={styles["side"]}>
          {detail.data !== undefined && (
            <>
              <TopTokens detail={detail.data} />
              <DomainTable detail={detail.data} />
            </>
          )}
        </aside>
      </div>
      <KeyStrip hints={hints} />
    </>
  );
}

type BodyProps = {
  readonly detail: LatentDetail;
  readonly collection: CollectionSummary;
  readonly isLora: boolean;
  readonly address: ReturnType<typeof useLatentAddress>;
};

function Body({ detail, collection, isLora, address }: BodyProps) {
  if (detail.row.fireCount === 0) {
    return (
      <>
        <LatentNumbers detail={detail} collection={collection} isLora={isLora} />
        <section className="panel">
          <EmptyState title="This latent is dead">
            It was kept on none of the {formatInteger(detail.tokens)} counted tokens, so there is nothing to draw and no example to read.
          </EmptyState>
        </section>
      </>
    );
  }
  return (
    <>
      <LatentNumbers detail={detail} collection={collection} isLora={isLora} />
      <ActivationPanel detail={detail} filter={address.examples} onFilter={address.setExamples} />
      <ExamplePanel detail={detail} domains={collection.domains} filter={address.examples} onFilter={address.setExamples} />
    </>
  );
}

type TitleProps = LatentScreenProps & {
  readonly collection: CollectionSummary | null;
  readonly detail: LatentDetail | undefined;
  readonly place: TablePlace;
};

function Title({ runId, module, index, collection, detail, place }: TitleProps) {
  return (
    <div className={styles["title"]}>
      <h2>
        <span className={styles["module"]}>{module}</span> {index}
      </h2>
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
          onClick={() => saveFile(`${module}.${index}.json`, JSON.stringify(detail, null, 2), "application/json")}
        >
          <Download size={13} aria-hidden="true" />
          JSON
        </Button>
        <ButtonLink look="primary" href={steerHref(runId, collection?.id ?? null, [{ module, index }])}>
          Steer
        </ButtonLink>
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

function Waiting() {
  return (
    <div className="stack" aria-busy="true" style={{ gap: 16 }}>
      <Skeleton height={88} />
      <Skeleton height={330} />
      <Skeleton height={520} />
    </div>
  );
}

const hints = [
  { keys: ["j", "k"], does: "next, previous" },
  { keys: ["e"], does: "whole windows" },
  { keys: ["s"], does: "steer" },
  { keys: ["esc"], does: "back to the table" },
  { keys: ["drag"], does: "on the histogram: examples of that strength" },
];
