"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/components/ui/use-now";
import { detectionProbesHref, detectionQuery, detectionTableHref, isDetecting, removeDetection } from "@/lib/client/detections";
import { keys } from "@/lib/client/keys";
import { collectionsQuery } from "@/lib/client/latents";
import type { DetectionSummary } from "@/lib/contract/detection";
import type { RunMethod } from "@/lib/contract/run-config";
import { ConceptTable } from "./concept-table";
import styles from "./concepts.module.css";
import { probed } from "./probe-order";
import { ProbeTable } from "./probe-table";

type DetectionEntryProps = {
  readonly runId: string;
  readonly method: RunMethod;
  readonly detection: DetectionSummary;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
};

/** One detection, with what it found where it is open. */
export function DetectionEntry({ runId, method, detection, isOpen, onOpen }: DetectionEntryProps) {
  const { id, dataName, request, createdAt, task: job } = detection;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeDetection(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.detections(runId) }),
  });
  const now = new Date(useNow(60_000));
  const isAtWork = isDetecting(detection);
  const hasFailed = job?.status === "failed" || job?.status === "cancelled";
  return (
    <li className={`stack fit ${styles["entry"]}`} aria-label={`Concepts of ${dataName}`}>
      <div className={styles["head"]}>
        <h3 className="cut-anywhere">{dataName}</h3>
        <span className="small mid">{request.by === null ? "concepts named by the dataset" : `values of ${request.by}`}</span>
        <span className="tiny dim">
          <LocalTime at={createdAt} format={(iso) => startedAt(iso, now)} />
        </span>
        <span className={styles["actions"]}>
          {!isAtWork && !hasFailed && (
            <>
              <Button look="quiet" size="dense" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
                {isOpen ? "Hide" : "Show"}
              </Button>
              <a className="btn quiet dense" href={detectionTableHref(id)} download title="All numbers, CSV">
                Table
              </a>
              {request.probe && (
                <a className="btn quiet dense" href={detectionProbesHref(id)} download title="All probes, CSV">
                  Probes
                </a>
              )}
            </>
          )}
          <InlineConfirm
            label="Remove"
            question={isAtWork ? "Stop and remove it?" : "Remove the result?"}
            confirmLabel="Remove"
            size="dense"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
        </span>
      </div>
      {remove.error !== null && <p className="status bad small">{messageOf(remove.error)}</p>}
      {job !== null && (isAtWork || job.status === "failed") && (
        <JobLine job={{ ...job, title: job.status === "failed" ? "Detection" : "Detecting" }} />
      )}
      {job?.status === "cancelled" && <p className="note">Cancelled: nothing was measured.</p>}
      {isOpen && !isAtWork && !hasFailed && <Found runId={runId} method={method} detectionId={id} />}
    </li>
  );
}

type FoundProps = { readonly runId: string; readonly method: RunMethod; readonly detectionId: string };

function Found({ runId, method, detectionId }: FoundProps) {
  const collections = useQuery(collectionsQuery(runId)).data;
  const collection = collections?.find(({ status }) => status === "finished") ?? null;
  return (
    <QueryState query={useQuery(detectionQuery(detectionId))} failure="Could not load this detection" waiting={<Skeleton height={180} />}>
      {({ concepts, probes }) =>
        concepts === null ? (
          <Skeleton height={180} />
        ) : (
          <>
            <ConceptTable runId={runId} method={method} collection={collection} concepts={concepts} />
            {probes !== null && <ProbeTable runId={runId} method={method} collection={collection} concepts={probed(concepts, probes)} />}
          </>
        )
      }
    </QueryState>
  );
}
