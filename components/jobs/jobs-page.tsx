"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { JobLine } from "@/components/shell/job-line";
import { MethodMark } from "@/components/shell/method-mark";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { ProgressLine } from "@/components/ui/progress";
import { QueryState, together } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";
import { commonWords } from "@/lib/contract/positions/positions";
import { isOpenJob, type RunSummary } from "@/lib/contract/run";
import { formatCount, formatDuration, formatInteger, formatPlural } from "@/lib/numbers/format";
import { isWorkOpen } from "./open-work";
import { WorkersPanel } from "./workers-panel";

/** Running and queued jobs: training, statistics, downloads, and the workers that run them. */
export function JobsPage() {
  const status = useQuery(statusQuery());
  const jobs = useQuery(jobsQuery());
  const runs = useQuery(runsQuery());
  const openRuns = (runs.data ?? []).filter(isWorkOpen);
  const openJobs = (jobs.data ?? []).filter(isOpenJob);
  const pastJobs = (jobs.data ?? []).filter((job) => !openJobs.includes(job)).slice(0, 20);
  const count = openRuns.length + openJobs.length;
  const isRead = jobs.data !== undefined && runs.data !== undefined;
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Jobs</h1>
        <span className="sub">{isRead ? (count === 0 ? "idle" : `${formatPlural(count, "job")} open`) : ""}</span>
        <span className="grow" />
        <Link className="link small" href="/explainer">
          Explainer settings
        </Link>
        {status.data ? (
          <span className="small dim">
            Stanscope {status.data.version}, data in <span className="mono">{status.data.dataFolder}</span>
          </span>
        ) : null}
      </div>
      <div className="stack wide">
        {status.data?.notices.map((notice) => (
          <ErrorNote key={notice.message} tone={notice.level === "warning" ? "warn" : "info"} title={notice.message} />
        ))}
        <WorkersPanel status={status.data} error={status.error} />
        <Panel
          title="Queue"
          aside={<span className="small dim">each worker runs one training or collection at a time, plus other jobs</span>}
        >
          <div className="stack wide">
            <QueryState query={together({ jobs, runs })} failure="Could not load the jobs" waiting={<Skeleton height={60} />}>
              {() =>
                count === 0 ? (
                  <p className="mid">
                    Idle.{" "}
                    <Link className="link" href="/runs/new">
                      Start a run
                    </Link>
                  </p>
                ) : null
              }
            </QueryState>
            {openRuns.map((run) => (
              <RunLine key={run.id} run={run} />
            ))}
            {openJobs.map((job) => (
              <JobLine key={job.id} job={job} />
            ))}
          </div>
        </Panel>
        {pastJobs.length > 0 ? (
          <Panel title="Completed">
            <div className="stack wide">
              {pastJobs.map((job) => (
                <JobLine key={job.id} job={job} />
              ))}
            </div>
          </Panel>
        ) : null}
      </div>
    </main>
  );
}

function RunLine({ run }: { run: RunSummary }) {
  const { collection } = run;
  const isTraining = run.status === "queued" || run.status === "running" || run.status === "stopping";
  const isLive = isTraining ? run.status !== "queued" : collection?.status === "running";
  const word = isTraining ? (isLive ? "Training" : "Training is queued") : isLive ? "Collecting statistics" : "Statistics are queued";
  const done = isTraining ? run.step : (collection?.tokens ?? 0);
  const total = isTraining ? run.steps : (collection?.maxTokens ?? null);
  const positions = commonWords(run.collection === null ? [] : [run.collection.positionKind]);
  const facts = isTraining
    ? [
        `step ${formatInteger(run.step)} of ${formatInteger(run.steps)}`,
        run.secondsLeft === null ? "" : `${formatDuration(run.secondsLeft)} left`,
      ]
    : [`${formatCount(done)} of ${formatCount(total ?? 0)} ${positions.plural}`];
  return (
    <ProgressLine
      label={`${run.name}: ${word}`}
      done={done}
      total={total}
      isLive={isLive}
      facts={facts.filter(Boolean).join(" · ")}
      head={
        <span className="row">
          <Status tone={isLive ? "live" : "waiting"}>{word}</Status>
          <Link className="link" href={`/runs/${run.id}`}>
            {run.name}
          </Link>
          <MethodMark method={run.method} />
        </span>
      }
    />
  );
}
