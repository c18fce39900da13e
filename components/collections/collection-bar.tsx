"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Select } from "@/components/ui/select";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import { formatCount } from "@/lib/numbers/format";
import { isUnderWay } from "./chosen-collection";
import { CollectForm } from "./collect-form";
import { CollectionProgress } from "./collection-progress";

type CollectionBarProps = {
  readonly runId: string;
  readonly run: RunSummary;
  readonly collections: readonly CollectionSummary[];
  readonly chosen: CollectionSummary | null;
  readonly onChoose: (collectionId: string) => void;
};

/** Which statistics pass is read, one that is under way, and the start of another. */
export function CollectionBar({ runId, run, collections, chosen, onChoose }: CollectionBarProps) {
  const [isAdding, setIsAdding] = useState(false);
  const underWay = collections.filter(isUnderWay);
  const newest = [...collections].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (chosen === null) return null;
  const finished = collections.filter((collection) => collection.status === "finished");
  return (
    <div className="stack" style={{ marginBottom: 16 }}>
      <div className="row wrap">
        <Select
          label="Collection"
          value={chosen.id}
          onValueChange={onChoose}
          options={finished.map((collection) => ({
            value: collection.id,
            label: `Collection: ${collection.name}, ${formatCount(collection.tokens)} tokens, step ${collection.step}`,
          }))}
        />
        {underWay.length === 0 && (
          <Button look="quiet" aria-expanded={isAdding} onClick={() => setIsAdding(!isAdding)}>
            Collect again
          </Button>
        )}
      </div>
      {isAdding && underWay.length === 0 && (
        <section className="panel">
          <div className="body" style={{ paddingTop: 12 }}>
            <CollectForm runId={runId} run={run} onStarted={() => setIsAdding(false)} />
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
          {newest.error ?? "The job's log says why."} What was collected before is below.
        </ErrorNote>
      )}
    </div>
  );
}
