"use client";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { ProgressLine } from "@/components/ui/progress";
import { Status, type StatusTone } from "@/components/ui/status";
import { cancelJobMutation } from "@/lib/client/jobs";
import { isOpenJob, type JobSummary } from "@/lib/contract/run";
import { formatBytes, formatCount, formatDuration } from "@/lib/numbers/format";
import { type Observation, observe, rateOf } from "./job-rate";

const tones: Record<JobSummary["status"], StatusTone> = {
  queued: "waiting",
  running: "live",
  finished: "done",
  failed: "bad",
  cancelled: "off",
};

/** One job: its bar with amount, rate and time left while it runs, its reason when it failed. */
export function JobLine({ job }: { job: JobSummary }) {
  const cancel = useMutation(cancelJobMutation());
  if (job.status === "failed")
    return <ErrorNote title={`${job.title} failed`}>{job.error ?? "No reason given. See the worker log."}</ErrorNote>;
  const head = (
    <span className="row wrap">
      <Status tone={tones[job.status]}>{job.title}</Status>
      {job.message === "" ? null : <span className="dim">{job.message}</span>}
    </span>
  );
  if (!isOpenJob(job)) return <div className="row between small">{head}</div>;
  return (
    <div className="row">
      <div className="grow">
        <ProgressLine
          label={job.title}
          done={job.done}
          total={job.total}
          isLive={job.status === "running"}
          head={head}
          facts={<JobFacts job={job} />}
        />
      </div>
      <Button look="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
        Cancel
      </Button>
      {cancel.error ? <span className="status bad small">{messageOf(cancel.error)}</span> : null}
    </div>
  );
}

function JobFacts({ job }: { job: JobSummary }) {
  const [observations, setObservations] = useState<Observation[]>([]);
  const { done } = job;
  useEffect(() => setObservations((before) => observe(before, { at: Date.now(), done })), [done]);
  if (job.status === "queued") return "queued";
  const write = job.unit === "bytes" ? formatBytes : formatCount;
  const unit = job.unit === "bytes" ? "" : ` ${job.unit}`;
  const rate = rateOf(observations, job.total);
  const amount = job.total === null ? `${write(done)}${unit}` : `${write(done)} of ${write(job.total)}${unit}`;
  const parts = [
    done === 0 && job.total === null ? "" : amount,
    rate && job.unit !== "steps" ? `${write(rate.perSecond)}/s` : "",
    rate?.secondsLeft === null || rate === null ? "" : `${formatDuration(rate.secondsLeft)} left`,
  ];
  return parts.filter(Boolean).join(" · ");
}
