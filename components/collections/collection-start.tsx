"use client";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import type { CollectionSummary } from "@/lib/contract/latent";
import { nounsOf } from "@/lib/contract/methods/methods";
import { hasAdapter, type RunSummary } from "@/lib/contract/run";
import { isUnderWay } from "./chosen-collection";
import { CollectionProgress } from "./collection-progress";
import styles from "./collections.module.css";
import { LateCollectForm } from "./late-collect-form";

type CollectionStartProps = { readonly runId: string; readonly run: RunSummary; readonly collections: readonly CollectionSummary[] };

/** A run without statistics: what they show, and the form that collects them. */
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
          <p className="note">The table opens here when the collection finishes. You can close this page.</p>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title="Latents" isPadded={false}>
      {newest?.status === "failed" && (
        <div className="body">
          <ErrorNote title="The last collection failed">{newest.error ?? "See the job log."}</ErrorNote>
        </div>
      )}
      <EmptyState title={mayCollect(run) ? "No statistics yet" : "Statistics are available after training"}>
        {mayCollect(run)
          ? `One pass over text measures every ${nounsOf(run.method).longNoun} of every adapted module: how often and how strongly it fires, on which tokens and in which domains, and its share of the update. It also stores examples from weak to strong.`
          : explainWait(run)}
      </EmptyState>
      {mayCollect(run) && (
        <div className={`body ${styles["start"]}`}>
          <LateCollectForm runId={runId} run={run} />
        </div>
      )}
    </Panel>
  );
}

/** A collection needs an adapter that was kept. */
export function mayCollect(run: RunSummary): boolean {
  return hasAdapter(run);
}

function explainWait(run: RunSummary): string {
  switch (run.status) {
    case "failed":
    case "cancelled":
      return "This run saved no adapter, so there are no latents to measure. Resume it, or start a copy.";
    default:
      return "Statistics are collected after training: automatically if enabled, otherwise from here.";
  }
}
