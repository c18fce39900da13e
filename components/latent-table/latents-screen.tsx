"use client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { chosenCollection, isUnderWay } from "@/components/collections/chosen-collection";
import { CollectionBar } from "@/components/collections/collection-bar";
import { CollectionStart } from "@/components/collections/collection-start";
import { steerHref } from "@/components/latents/edit-text";
import { useLatentParams } from "@/components/latents/use-latent-params";
import { DomainMark } from "@/components/shell/domain-mark";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { Skeleton } from "@/components/ui/skeleton";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { collectionsQuery } from "@/lib/client/latents";
import { runQuery } from "@/lib/client/runs";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunDetail } from "@/lib/contract/run";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { LatentFilters } from "./latent-filters";
import { LatentTable } from "./latent-table";
import styles from "./latents.module.css";
import { ModuleMap } from "./module-map";

/** All latents of a run: which live, where, on what. */
export function LatentsScreen({ runId }: { readonly runId: string }) {
  const [params, setParams] = useLatentParams();
  const detail = useQuery(runQuery(runId));
  const collections = useQuery({
    ...collectionsQuery(runId),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? 1000 : false),
  });
  const failed = collections.error ?? detail.error;
  if (failed !== null && (collections.data === undefined || detail.data === undefined)) {
    const retry = () => Promise.all([collections.refetch(), detail.refetch()]);
    return (
      <main className="page">
        <ErrorNote title="The latents of this run could not be read" actions={<Button onClick={() => void retry()}>Try again</Button>}>
          {failed.message}
        </ErrorNote>
      </main>
    );
  }
  if (collections.data === undefined || detail.data === undefined) return <Waiting />;
  const collection = chosenCollection(collections.data, params.collectionId);
  return (
    <>
      <main className="page">
        <CollectionBar
          runId={runId}
          run={detail.data.run}
          collections={collections.data}
          chosen={collection}
          onChoose={(collectionId) => setParams({ ...params, collectionId })}
        />
        {collection === null ? (
          <CollectionStart runId={runId} run={detail.data.run} collections={collections.data} />
        ) : (
          <Browser key={collection.id} runId={runId} detail={detail.data} collection={collection} params={params} onParams={setParams} />
        )}
      </main>
      {collection !== null && <KeyStrip hints={hints} />}
    </>
  );
}

type BrowserProps = {
  readonly runId: string;
  readonly detail: RunDetail;
  readonly collection: CollectionSummary;
  readonly params: ReturnType<typeof useLatentParams>[0];
  readonly onParams: ReturnType<typeof useLatentParams>[1];
};

function Browser({ runId, detail, collection, params, onParams }: BrowserProps) {
  const [total, setTotal] = useState<number | null>(null);
  const [selected, setSelected] = useState<readonly LatentRef[]>([]);
  const search = useRef<HTMLInputElement>(null);
  const clear = () => setSelected([]);
  useShortcuts({ "/": () => search.current?.focus(), Escape: clear });
  const onTotal = useCallback((next: number | null) => setTotal(next), []);
  const { adapter } = detail.config;
  return (
    <>
      <ModuleMap collection={collection} params={params} onParams={onParams}>
        <LatentFilters collection={collection} params={params} onParams={onParams} total={total} searchRef={search} />
        <LatentTable
          runId={runId}
          collection={collection}
          isSigned={adapter.method === "lora" || adapter.selection !== "relu"}
          params={params}
          onParams={onParams}
          onTotal={onTotal}
          selected={selected}
          onSelected={setSelected}
        />
        <div className="foot">
          <Method collection={collection} isLora={adapter.method === "lora"} />
        </div>
      </ModuleMap>
      {selected.length > 0 && (
        <div className={styles["tray"]} role="status">
          <b className="strong">{formatPlural(selected.length, "latent")} selected</b>
          <Button look="quiet" onClick={clear}>
            Clear
          </Button>
          <ButtonLink look="primary" href={steerHref(runId, collection.id, selected)}>
            Steer
          </ButtonLink>
        </div>
      )}
    </>
  );
}

function Method({ collection, isLora }: { readonly collection: CollectionSummary; readonly isLora: boolean }) {
  return (
    <div className="stack">
      <p>
        Collection <span className="mono">{collection.name}</span> at step {formatInteger(collection.step)}:{" "}
        {formatInteger(collection.tokens)} counted tokens in {formatPlural(collection.contexts, "context")}. Density is over those.{" "}
        {isLora
          ? "A latent of LoRA is one component of its rank: dense and signed, it fires on nearly every token."
          : "Firings by domain are balanced: as if all domains had equally many tokens."}
      </p>
      {collection.domains.length > 0 && (
        <p className={styles["legend"]}>
          {collection.domains.map((domain, order) => (
            <span key={domain.name}>
              <DomainMark name={domain.name} order={order} /> <span className="tiny dim">{formatInteger(domain.tokens)} tokens</span>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <main className="page" aria-busy="true">
      <div className="panel">
        <div className="body stack">
          <Skeleton height={28} width={320} />
          <Skeleton height={96} />
          <Skeleton height={34} />
          <Skeleton height={420} />
        </div>
      </div>
    </main>
  );
}

const hints = [
  { keys: ["j", "k"], does: "next, previous" },
  { keys: ["↵"], does: "open" },
  { keys: ["x"], does: "select" },
  { keys: ["s"], does: "steer" },
  { keys: ["/"], does: "search" },
  { keys: ["drag"], does: "on a small histogram: filter a range" },
];
