"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ResultEntry } from "@/components/shell/result-entry";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { detectionProbesHref, detectionQuery, detectionTableHref, isDetecting, removeDetection } from "@/lib/client/detections";
import { keys } from "@/lib/client/keys";
import { collectionsQuery } from "@/lib/client/latents";
import type { DetectionSummary } from "@/lib/contract/detection";
import type { RunMethod } from "@/lib/contract/run-config";
import { ConceptTable } from "./concept-table";
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
  const isAtWork = isDetecting(detection);
  const isFound = !isAtWork && job?.status !== "failed" && job?.status !== "cancelled";
  return (
    <ResultEntry
      label={`Concepts of ${dataName}`}
      title={dataName}
      about={request.by === null ? "concepts named by the dataset" : `values of ${request.by}`}
      createdAt={createdAt}
      job={job}
      isAtWork={isAtWork}
      jobNames={["Detecting", "Detection"]}
      canOpen={isFound}
      isOpen={isOpen}
      onOpen={onOpen}
      files={
        isFound && (
          <>
            <a className="btn quiet dense" href={detectionTableHref(id)} download title="All numbers, CSV">
              Table
            </a>
            {request.probe && (
              <a className="btn quiet dense" href={detectionProbesHref(id)} download title="All probes, CSV">
                Probes
              </a>
            )}
          </>
        )
      }
      remove={{ ...remove, mutate: () => remove.mutate() }}
    >
      {job?.status === "cancelled" && <p className="note">Cancelled: nothing was measured.</p>}
      {isOpen && isFound && <Found runId={runId} method={method} detectionId={id} />}
    </ResultEntry>
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
