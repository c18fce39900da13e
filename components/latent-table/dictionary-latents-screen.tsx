"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { firstOrder, type LatentHome } from "@/components/latents/latent-home";
import { useLatentParams } from "@/components/latents/use-latent-params";
import { ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { inPage, QueryState } from "@/components/ui/query-state";
import { collectionQueryOptions } from "@/lib/client/latents";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatPlural } from "@/lib/numbers/format";
import { CollectionMethod } from "./collection-method";
import { LatentBrowser } from "./latent-browser";
import { latentKeyHints } from "./latent-key-hints";
import { LatentsWaiting } from "./latents-waiting";

/** All latents of a dictionary that was imported: the same table, without what needs the adapter. */
export function DictionaryLatentsScreen({ collectionId }: { readonly collectionId: string }) {
  const home = useMemo(() => ({ kind: "dictionary", collectionId }) as const, [collectionId]);
  return (
    <QueryState
      query={useQuery(collectionQueryOptions(collectionId))}
      failure="Could not load this dictionary"
      actions={
        <ButtonLink look="quiet" href="/dictionaries">
          All dictionaries
        </ButtonLink>
      }
      waiting={<LatentsWaiting />}
      frame={inPage}
    >
      {(collection) => <DictionaryLatents collection={collection} home={home} />}
    </QueryState>
  );
}

type DictionaryLatentsProps = { readonly collection: CollectionSummary; readonly home: LatentHome };

function DictionaryLatents({ collection, home }: DictionaryLatentsProps) {
  const [params, setParams] = useLatentParams(firstOrder(home));
  const { name, origin, status, error, numLatents } = collection;
  return (
    <>
      <main className="page">
        <div className="pagehead">
          <div>
            <h1>{name}</h1>
            <p className="sub">
              {origin.kind === "neuronpedia" && `${origin.modelId} · ${origin.sourceId} · `}
              {formatPlural(numLatents, "latent")}, imported
            </p>
          </div>
        </div>
        {status === "finished" ? (
          <LatentBrowser
            home={home}
            collection={collection}
            method={null}
            params={params}
            onParams={setParams}
            foot={<CollectionMethod collection={collection} method={null} />}
          />
        ) : (
          <ErrorNote
            title={status === "failed" ? "The import of this dictionary failed" : "This dictionary is not imported yet"}
            tone={status === "failed" ? "bad" : "info"}
            actions={<ButtonLink href="/dictionaries">All dictionaries</ButtonLink>}
          >
            {error ?? "Its latents are available once the import finishes. See the Dictionaries page for progress."}
          </ErrorNote>
        )}
      </main>
      {status === "finished" && <KeyStrip hints={latentKeyHints({ mayEdit: false })} />}
    </>
  );
}
