"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { steerHref } from "@/components/latents/steer-href";
import { JobLine } from "@/components/shell/job-line";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { jobsQuery, putJob } from "@/lib/client/jobs";
import { keys } from "@/lib/client/keys";
import { runRecordQuery } from "@/lib/client/runs";
import { bake } from "@/lib/client/saved-edits";
import type { LatentRef } from "@/lib/contract/edit";
import { formatPlural } from "@/lib/numbers/format";

type RepairProps = {
  readonly runId: string;
  readonly collectionId: string | null;
  readonly proposed: readonly LatentRef[];
  readonly noun: string;
};

/** Longest name of a run. */
const longestName = 120;

/** Tries the proposed ablations on the Steer page, or writes them into a new run. */
export function Repair({ runId, collectionId, proposed, noun }: RepairProps) {
  const client = useQueryClient();
  const parent = useQuery(runRecordQuery(runId));
  const ending = ", repaired";
  const write = useMutation({
    mutationFn: () =>
      bake(runId, {
        name: `${(parent.data?.run.name ?? "run").slice(0, longestName - ending.length)}${ending}`,
        edits: proposed.map((latent) => ({ operation: "ablatePost", latent, isOn: true, scope: "all" })),
      }),
    onSuccess: ({ task }) => putJob(client, task),
  });
  const jobs = useQuery({ ...jobsQuery(), enabled: write.data !== undefined });
  const job = jobs.data?.find(({ id }) => id === write.data?.task.id);
  const isDone = job?.status === "finished";
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: keys.runs, exact: true });
  }, [client, isDone]);
  return (
    <div className="stack fit gap-8">
      <div className="row wrap">
        <Button disabled={write.isPending || write.data !== undefined} onClick={() => write.mutate()}>
          {write.isPending ? "Starting…" : "Bake a repaired run"}
        </Button>
        <ButtonLink look="quiet" href={steerHref(runId, collectionId, proposed)}>
          Try on the Steer page
        </ButtonLink>
        {isDone && write.data !== undefined && (
          <ButtonLink look="primary" href={`/runs/${encodeURIComponent(write.data.runId)}/measures`}>
            Measure the repaired run
          </ButtonLink>
        )}
      </div>
      <p className="note">
        The repaired run is a copy of this one with {formatPlural(proposed.length, noun)} ablated in its matrices. Its own measures show
        what is left.
      </p>
      {job !== undefined && !isDone && <JobLine job={job} />}
      {write.error !== null && <ErrorNote title="Could not bake">{messageOf(write.error)}</ErrorNote>}
    </div>
  );
}
