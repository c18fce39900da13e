"use client";
import { useEffect, useRef, useState } from "react";
import { ProgressLine } from "@/components/ui/progress";
import { Status } from "@/components/ui/status";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatCount, formatDuration } from "@/lib/numbers/format";

/** How far a pass has come, how fast it goes and how long it still takes. */
export function CollectionProgress({ collection }: { readonly collection: CollectionSummary }) {
  const rate = useRate(collection.tokens);
  const isRunning = collection.status === "running";
  const left = rate === null || rate <= 0 ? null : (collection.maxTokens - collection.tokens) / rate;
  const facts = [
    `${formatCount(collection.tokens)} of at most ${formatCount(collection.maxTokens)} tokens`,
    ...(rate === null || rate <= 0 ? [] : [`${formatCount(rate)} tokens/s`]),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ];
  return (
    <ProgressLine
      label={`Collection ${collection.name}`}
      done={collection.tokens}
      total={collection.maxTokens}
      isLive={isRunning}
      head={<Status tone={isRunning ? "live" : "waiting"}>{isRunning ? "Collecting statistics" : "Waiting for a worker"}</Status>}
      facts={facts.join(" · ")}
    />
  );
}

/** Units a second since the first sight of a growing count; null until it has grown. */
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
