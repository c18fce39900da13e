"use client";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import type { CollectionSummary } from "@/lib/contract/latent";
import { nounsOf } from "@/lib/contract/methods/methods";
import type { RunSummary } from "@/lib/contract/run";
import { isUnderWay } from "./chosen-collection";
import { CollectForm } from "./collect-form";
import { CollectionProgress } from "./collection-progress";
import styles from "./collections.module.css";

type CollectionStartProps = { readonly runId: string; readonly run: RunSummary; readonly collections: readonly CollectionSummary[] };

/** A run whose latents nobody has counted yet: what would be here, and the pass that brings it. */
export function CollectionStart({ runId, run, collections }: CollectionStartProps) {
  const underWay = collections.filter(isUnderWay);
  const newest = [...collections].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (underWay.length > 0) {
    return (
      <Panel title="Collecting statistics">
        <div className="stack">
          {underWay.map((collection) => (
            <CollectionProgress key={collection.id} collection={collection} />
          ))}
          <p className="note">The table opens here when the pass is done. This page may be closed meanwhile.</p>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title="Latents" isPadded={false}>
      {newest?.status === "failed" && (
        <div className="body">
          <ErrorNote title="The last collection failed">{newest.error ?? "The job's log says why."}</ErrorNote>
        </div>
      )}
      <EmptyState title={mayCollect(run) ? "No statistics yet" : "No statistics before the run ends"}>
        {mayCollect(run)
          ? `One pass over text counts, for every ${nounsOf(run.method).longNoun} of every adapted module: at how many tokens it fires, how strongly, in which domains and at which tokens, how much of the update it writes, and keeps examples of every strength.`
          : explainWait(run)}
      </EmptyState>
      {mayCollect(run) && (
        <div className={`body ${styles["start"]}`}>
          <CollectForm runId={runId} run={run} />
        </div>
      )}
    </Panel>
  );
}

/** A pass needs an adapter that is kept. */
export function mayCollect(run: RunSummary): boolean {
  return run.status === "finished" || run.status === "stopped";
}

function explainWait(run: RunSummary): string {
  switch (run.status) {
    case "failed":
    case "cancelled":
      return "This run kept no adapter whose latents could be counted. Resume it, or start a copy.";
    default:
      return "Latents are counted once the adapter is trained. If the run was started with a collection, that follows by itself; else it can be started here.";
  }
}
