"use client";
import { useQuery } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { Panel } from "@/components/ui/panel";
import { ProgressLine } from "@/components/ui/progress";
import { statusQuery } from "@/lib/client/status";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { countFinals } from "@/lib/contract/experiment-trials";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { aheadWords, spentWords } from "./cost-words";
import { stageNames } from "./trial-words";

/** The progress of each stage, the cost against the estimate, and the remaining work. */
export function ProgressPanel({ detail }: { detail: ExperimentDetail }) {
  const { experiment, trials, request, tasks: jobs } = detail;
  const isLive = experiment.status === "running";
  const { data: system } = useQuery(statusQuery());
  const workers = system?.workers.filter(({ isAlive }) => isAlive).length;
  const stages = (["probe", "sweep", "final"] as const).filter((stage) => stage !== "probe" || request.match === "wallClock");
  return (
    <Panel title="Progress">
      <div className="stack wide">
        {stages.map((stage) => {
          const own = trials.filter((trial) => trial.stage === stage);
          const total = stage === "final" ? countFinals(request) : own.length;
          const done = own.filter(({ status }) => !["waiting", "queued", "running", "stopping"].includes(status)).length;
          const share = own.reduce((sum, { status, step, steps }) => sum + (status === "running" ? step / Math.max(1, steps ?? 1) : 0), 0);
          return (
            <ProgressLine
              key={stage}
              label={stageNames[stage]}
              done={done + share}
              total={total}
              isLive={isLive && experiment.stage === stage}
              head={<b>{stageNames[stage]}</b>}
              facts={`${formatInteger(done)} of ${formatPlural(total, "run")}`}
            />
          );
        })}
        {jobs
          .filter(({ status }) => status !== "finished")
          .map((job) => (
            <JobLine key={job.id} job={job} />
          ))}
        {isLive && workers === 0 ? (
          <p className="note" role="status">
            No worker is running. Training continues from the last checkpoint once one starts: <code>npm start</code>, or{" "}
            <code>npm run worker</code> on another machine.
          </p>
        ) : null}
        <p className="note">
          {spentWords(detail)} {aheadWords(detail, workers ?? 1)}
        </p>
      </div>
    </Panel>
  );
}
