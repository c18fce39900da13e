"use client";
import { useEffect, useRef, useState } from "react";
import { CancelCollection } from "@/components/shell/cancel-collection";
import { ProgressLine } from "@/components/ui/progress";
import { Status } from "@/components/ui/status";
import type { CollectionSummary } from "@/lib/contract/latent";
import { progressFacts, progressStage } from "./progress-words";

/** A pass's progress, stage, rate and remaining time, with a button to cancel it. */
export function CollectionProgress({ collection }: { readonly collection: CollectionSummary }) {
  const rate = useRate(collection.tokens);
  const isRunning = collection.status === "running";
  return (
    <div className="row wrap">
      <div className="grow">
        <ProgressLine
          label={`Collection ${collection.name}`}
          done={collection.tokens}
          total={collection.maxTokens}
          isLive={isRunning}
          head={<Status tone={isRunning ? "live" : "waiting"}>{progressStage(collection)}</Status>}
          facts={progressFacts(collection, rate).join(" · ")}
        />
      </div>
      <CancelCollection collectionId={collection.id} />
    </div>
  );
}

/** Units per second since the count first grew; null until it has grown. */
function useRate(done: number): number | null {
  const first = useRef<{ done: number; at: number } | null>(null);
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    const now = performance.now();
    if (first.current === null || done < first.current.done) first.current = { done, at: now };
    else if (done > first.current.done) setRate((done - first.current.done) / ((now - first.current.at) / 1000));
  }, [done]);
  return rate;
}
