"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { chosenCollection, isUnderWay } from "@/components/collections/chosen-collection";
import { CollectionBar } from "@/components/collections/collection-bar";
import { CollectionStart } from "@/components/collections/collection-start";
import { firstOrder } from "@/components/latents/latent-home";
import { useLatentParams } from "@/components/latents/use-latent-params";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { inPage, QueryState, together } from "@/components/ui/query-state";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import type { CollectionSummary } from "@/lib/contract/latent";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { RunSummary } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import { CollectionMethod } from "./collection-method";
import { LatentBrowser } from "./latent-browser";
import { latentKeyHints } from "./latent-key-hints";
import { LatentsWaiting } from "./latents-waiting";

/** All latents of a run: which live, where, on what, and to what effect. */
export function LatentsScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runRecordQuery(runId));
  const collections = useQuery({
    ...collectionsQuery(runId),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? 1000 : false),
  });
  return (
    <QueryState
      query={together({ collections, detail })}
      failure="Could not load the latents of this run"
      waiting={<LatentsWaiting />}
      frame={inPage}
    >
      {({ collections, detail: { run } }) =>
        isLatentMethod(run.method) ? (
          <RunLatents run={run} method={run.method} collections={collections} />
        ) : (
          <NoLatentsNote runId={runId} method={run.method} />
        )
      }
    </QueryState>
  );
}

type RunLatentsProps = { readonly run: RunSummary; readonly method: LatentMethod; readonly collections: CollectionSummary[] };

function RunLatents({ run, method, collections }: RunLatentsProps) {
  const runId = run.id;
  const home = useMemo(() => ({ kind: "run", runId }) as const, [runId]);
  const [params, setParams] = useLatentParams(firstOrder(home));
  const collection = chosenCollection(collections, params.collectionId);
  return (
    <>
      <main className="page">
        <CollectionBar
          runId={runId}
          run={run}
          collections={collections}
          chosen={collection}
          onChoose={(collectionId) => setParams({ ...params, collectionId })}
        />
        {collection === null ? (
          <CollectionStart runId={runId} run={run} collections={collections} />
        ) : (
          <LatentBrowser
            key={collection.id}
            home={home}
            collection={collection}
            method={method}
            params={params}
            onParams={setParams}
            foot={<CollectionMethod collection={collection} method={method} />}
          />
        )}
      </main>
      {collection !== null && <KeyStrip hints={latentKeyHints({ mayEdit: true })} />}
    </>
  );
}
