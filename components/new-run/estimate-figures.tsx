"use client";
import { useQuery } from "@tanstack/react-query";
import { RunLinks } from "@/components/shell/run-links";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { isSame } from "@/components/ui/is-same";
import { Skeleton } from "@/components/ui/skeleton";
import { useSettled } from "@/components/ui/use-settled";
import { runEstimatesQuery } from "@/lib/client/runs";
import type { StartRunInput } from "@/lib/contract/api";
import type { RunEstimate } from "@/lib/contract/run-estimate";
import { formatBytes, formatDuration, notMeasured } from "@/lib/numbers/format";
import { Figure } from "./figure";
import styles from "./new-run.module.css";

/** The estimates of what the form would start, once it rests. @param starts null while it cannot be sent */
export function useEstimates(starts: StartRunInput[] | null) {
  const settled = useSettled(starts, 400);
  return { settled, estimates: useQuery({ ...runEstimatesQuery(settled ?? []), enabled: settled !== null }) };
}

/** Estimated time and memory of the runs that the form would start, and the basis of the estimates. @param starts null while it cannot be sent */
export function EstimateFigures({ starts }: { starts: StartRunInput[] | null }) {
  const { settled, estimates } = useEstimates(starts);
  const { data } = estimates;
  const isBehind = estimates.isPlaceholderData || !isSame(settled, starts);
  if (estimates.error && !data) {
    return (
      <div className={`row between wrap ${styles["estimateNote"]}`} role="alert">
        <span className="status bad small">Could not estimate time and memory: {messageOf(estimates.error)}</span>
        <Button size="dense" onClick={() => void estimates.refetch()}>
          Retry
        </Button>
      </div>
    );
  }
  return (
    <div className={`columns two even gap-0 ${styles["cost"]} ${styles["estimate"]}`} data-stale={isBehind} aria-live="polite">
      {data ? (
        <>
          <Time estimates={data} />
          <Memory estimates={data} />
        </>
      ) : (
        ["Time", "Memory"].map((name) => (
          <Figure
            key={name}
            name={name}
            value={settled === null ? notMeasured : <Skeleton height={28} />}
            note={settled === null ? "estimated once the form is complete" : "estimating"}
          />
        ))
      )}
    </div>
  );
}

function Time({ estimates }: { estimates: readonly RunEstimate[] }) {
  const training = sum(estimates.map(({ trainingSeconds }) => trainingSeconds));
  const collection = sum(estimates.map(({ collectionSeconds }) => collectionSeconds));
  const total = sum([training, collection]);
  const parts =
    training === null || collection === null || collection === 0
      ? null
      : `training ${formatDuration(training)}, statistics ${formatDuration(collection)}. `;
  return (
    <Figure
      name={estimates.length > 1 ? "Time, one after the other" : "Time"}
      value={total === null ? "not known" : `≈ ${formatDuration(total)}`}
      note={
        <>
          {parts}
          <Basis estimates={estimates} />
        </>
      }
    />
  );
}

/** Of several estimates, the basis of the least certain. */
function Basis({ estimates }: { estimates: readonly RunEstimate[] }) {
  const order = ["unknown", "products", "otherRuns", "likeRuns"] as const;
  const speed = order.find((from) => estimates.some((one) => one.speed === from)) ?? "unknown";
  const runs = namesOf(estimates.map(({ timedBy }) => timedBy));
  switch (speed) {
    case "likeRuns":
      return <>Scaled from {runs}, measured with this model.</>;
    case "otherRuns":
      return <>Rough: scaled by FLOPs from {runs}, with another model or precision.</>;
    case "products":
      return <>Rough: from the worker’s matrix-product speed; no run has been measured here.</>;
    case "unknown":
      return <>No run has been measured here, and no worker answers.</>;
  }
}

function Memory({ estimates }: { estimates: readonly RunEstimate[] }) {
  const known = estimates.map(({ memoryBytes }) => memoryBytes);
  const most = known.includes(null) ? null : Math.max(...known.map((bytes) => bytes ?? 0));
  const by = namesOf(estimates.map(({ memoryBy }) => memoryBy));
  return (
    <Figure
      name={estimates.length > 1 ? "Memory, the larger run" : "Memory"}
      value={most === null ? "not known" : `≈ ${formatBytes(most)}`}
      note={
        most === null ? (
          "The adapter’s size is unknown until the model is loaded."
        ) : (
          <>
            Peak tensor memory, including frozen weights.{" "}
            {by === null ? "Estimated by our formula, not measured with this model." : <>Scaled from {by}.</>}
          </>
        )
      }
    />
  );
}

/** Each run once, as links; null without any. */
function namesOf(runs: readonly RunEstimate["timedBy"][]) {
  const known = [...new Map(runs.flatMap((run) => (run === null ? [] : [[run.id, run]]))).values()];
  return known.length === 0 ? null : <RunLinks runs={known} />;
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}
