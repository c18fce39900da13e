"use client";
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { ProgressLine } from "@/components/ui/progress";
import { Status, type StatusTone } from "@/components/ui/status";
import { cancelJobMutation } from "@/lib/client/jobs";
import { isOpenJob, type JobSummary } from "@/lib/contract/run";
import { ProgressFacts } from "./progress-facts";

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
    return <ErrorNote title={`${job.title} failed`}>{job.error ?? "No reason was recorded. See the worker log."}</ErrorNote>;
  const head = (
    <span className="row wrap">
      <Status tone={tones[job.status]}>{job.title}</Status>
      {job.message === "" ? null : <span className="dim">{job.message}</span>}
    </span>
  );
  if (!isOpenJob(job)) return <div className="row between small">{head}</div>;
  return (
    <div className="row">
      <div className="stack fit grow">
        <ProgressLine
          label={job.title}
          done={job.done}
          total={job.total}
          isLive={job.status === "running"}
          head={head}
          facts={job.status === "queued" ? "queued" : <ProgressFacts work={job} />}
        />
      </div>
      <Button look="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
        Cancel
      </Button>
      {cancel.error ? <span className="status bad small">{messageOf(cancel.error)}</span> : null}
    </div>
  );
}
