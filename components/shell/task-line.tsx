"use client";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { ProgressLine } from "@/components/ui/progress";
import { Status, type StatusTone } from "@/components/ui/status";
import { cancelTaskMutation } from "@/lib/client/tasks";
import type { TaskSummary } from "@/lib/contract/run";
import { formatBytes, formatCount, formatDuration } from "@/lib/numbers/format";
import { type Observation, observe, rateOf } from "./task-rate";

const tones: Record<TaskSummary["status"], StatusTone> = {
  queued: "waiting",
  running: "live",
  finished: "done",
  failed: "bad",
  cancelled: "off",
};

/** One task: its bar with amount, rate and time left while it runs, its reason when it failed. */
export function TaskLine({ task }: { task: TaskSummary }) {
  const cancel = useMutation(cancelTaskMutation());
  if (task.status === "failed")
    return <ErrorNote title={`${task.title} failed`}>{task.error ?? "No reason given. See the worker log."}</ErrorNote>;
  const isOpen = task.status === "queued" || task.status === "running";
  const head = (
    <span className="row wrap">
      <Status tone={tones[task.status]}>{task.title}</Status>
      {task.message === "" ? null : <span className="dim">{task.message}</span>}
    </span>
  );
  if (!isOpen) return <div className="row between small">{head}</div>;
  return (
    <div className="row">
      <div className="grow">
        <ProgressLine
          label={task.title}
          done={task.done}
          total={task.total}
          isLive={task.status === "running"}
          head={head}
          facts={<TaskFacts task={task} />}
        />
      </div>
      <Button look="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate(task.id)}>
        Cancel
      </Button>
      {cancel.error ? <span className="status bad small">{messageOf(cancel.error)}</span> : null}
    </div>
  );
}

function TaskFacts({ task }: { task: TaskSummary }) {
  const [observations, setObservations] = useState<Observation[]>([]);
  const { done } = task;
  useEffect(() => setObservations((before) => observe(before, { at: Date.now(), done })), [done]);
  if (task.status === "queued") return "queued";
  const write = task.unit === "bytes" ? formatBytes : formatCount;
  const unit = task.unit === "bytes" ? "" : ` ${task.unit}`;
  const rate = rateOf(observations, task.total);
  const amount = task.total === null ? `${write(done)}${unit}` : `${write(done)} of ${write(task.total)}${unit}`;
  const parts = [
    done === 0 && task.total === null ? "" : amount,
    rate && task.unit !== "steps" ? `${write(rate.perSecond)}/s` : "",
    rate?.secondsLeft === null || rate === null ? "" : `${formatDuration(rate.secondsLeft)} left`,
  ];
  return parts.filter(Boolean).join(" · ");
}
