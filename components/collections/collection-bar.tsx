"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Select } from "@/components/ui/select";
import { deleteCollectionMutation } from "@/lib/client/latents";
import type { CollectionSummary } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { RunSummary } from "@/lib/contract/run";
import { shippedCollection } from "@/lib/contract/sample";
import { formatCount } from "@/lib/numbers/format";
import { isUnderWay } from "./chosen-collection";
import { CollectionProgress } from "./collection-progress";
import styles from "./collections.module.css";
import { LateCollectForm } from "./late-collect-form";

type CollectionBarProps = {
  readonly runId: string;
  readonly run: RunSummary;
  readonly collections: readonly CollectionSummary[];
  readonly chosen: CollectionSummary | null;
  readonly onChoose: (collectionId: string) => void;
};

/** The collection shown, one that is running, and the button for another. */
export function CollectionBar({ runId, run, collections, chosen, onChoose }: CollectionBarProps) {
  const [isAdding, setIsAdding] = useState(false);
  const remove = useMutation(deleteCollectionMutation());
  const underWay = collections.filter(isUnderWay);
  const newest = [...collections].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (chosen === null) return null;
  const finished = collections.filter((collection) => collection.status === "finished");
  return (
    <div className={`stack fit ${styles["bar"]}`}>
      <div className="row wrap">
        <Select
          label="Collection"
          value={chosen.id}
          onValueChange={onChoose}
          options={finished.map((collection) => ({
            value: collection.id,
            label: `Collection: ${collection.name}, ${formatCount(collection.tokens)} ${positionKindOf(collection.positionKind).plural}, step ${collection.step}`,
          }))}
        />
        {underWay.length === 0 && (
          <Button look="quiet" aria-expanded={isAdding} onClick={() => setIsAdding(!isAdding)}>
            Collect again
          </Button>
        )}
        {run.isSample && shippedCollection(collections)?.id === chosen.id ? (
          <span className="small dim">Part of the sample</span>
        ) : (
          <InlineConfirm
            label="Remove"
            question={`Remove the collection ${chosen.name}? Labels are kept with the run.`}
            confirmLabel="Remove collection"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate(chosen)}
          />
        )}
        {remove.error !== null && <span className="status bad small">{messageOf(remove.error)}</span>}
      </div>
      {isAdding && underWay.length === 0 && (
        <section className="panel">
          <div className="body" style={{ paddingTop: 12 }}>
            <LateCollectForm runId={runId} run={run} onStarted={() => setIsAdding(false)} />
          </div>
        </section>
      )}
      {underWay.map((collection) => (
        <section className="panel" key={collection.id}>
          <div className="body" style={{ paddingTop: 12 }}>
            <CollectionProgress collection={collection} />
          </div>
        </section>
      ))}
      {newest?.status === "failed" && newest.id !== chosen.id && (
        <ErrorNote title={`The last collection, ${newest.name}, failed`}>
          {newest.error ?? "See the job log."} Earlier results are shown below.
        </ErrorNote>
      )}
    </div>
  );
}
