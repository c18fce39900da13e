"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { chosenCollection, isUnderWay } from "@/components/collections/chosen-collection";
import { CollectionBar } from "@/components/collections/collection-bar";
import { CollectionStart } from "@/components/collections/collection-start";
import { firstOrder } from "@/components/latents/latent-home";
import { useLatentParams } from "@/components/latents/use-latent-params";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { collectionsQuery } from "@/lib/client/latents";
import { runQuery } from "@/lib/client/runs";
import { isLatentMethod } from "@/lib/contract/run-config";
import { CollectionMethod } from "./collection-method";
import { LatentBrowser } from "./latent-browser";
import { latentKeyHints } from "./latent-key-hints";
import { LatentsWaiting } from "./latents-waiting";

/** All latents of a run: which live, where, on what, and to what effect. */
export function LatentsScreen({ runId }: { readonly runId: string }) {
  const home = useMemo(() => ({ kind: "run", runId }) as const, [runId]);
  const [params, setParams] = useLatentParams(firstOrder(home));
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
  if (collections.data === undefined || detail.data === undefined) return <LatentsWaiting />;
  const { method } = detail.data.run;
  if (!isLatentMethod(method)) return <NoLatentsNote runId={runId} method={method} />;
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
          <LatentBrowser
            key={collection.id}
            home={home}
            collection={collection}
            mark={method}
            params={params}
            onParams={setParams}
            foot={<CollectionMethod collection={collection} isLora={method === "lora"} />}
          />
        )}
      </main>
      {collection !== null && <KeyStrip hints={latentKeyHints({ mayEdit: true })} />}
    </>
  );
}
