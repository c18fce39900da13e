"use client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@/components/ui/link";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";
import type { RunSummary } from "@/lib/contract/run";
import { formatDuration, formatPercent } from "@/lib/numbers/format";
import { useConnection } from "./connection";

/** What is going on anywhere, in the bar: a training with its share and time left, else a collection, else other work. */
export function LiveStatus() {
  const connection = useConnection();
  const runs = useQuery(runsQuery()).data ?? [];
  const jobs = useQuery(jobsQuery()).data ?? [];
  const status = useQuery(statusQuery()).data;
  if (connection === "lost") {
    return (
      <span className="jobs" role="status">
        <span className="status warn">Reconnecting…</span>
      </span>
    );
  }
  const training = runs.filter((run) => run.status === "running" || run.status === "stopping");
  const collecting = runs.filter((run) => run.collection?.status === "running");
  const working = jobs.filter((job) => job.status === "running");
  const first = training[0];
  if (first) return <Live href={`/runs/${first.id}`} text={describe(training)} left={timeLeft(training)} />;
  const collected = collecting[0];
  if (collected?.collection) {
    const share = collected.collection.tokens / collected.collection.maxTokens;
    return <Live href={`/runs/${collected.id}/latents`} text={`Statistics · ${formatPercent(share, 0)}`} />;
  }
  if (working[0]) return <Live href="/jobs" text={working.length === 1 ? working[0].title : `${working.length} jobs running`} />;
  if (status && !status.workers.some((worker) => worker.isAlive)) {
    return (
      <Link className="jobs" href="/jobs">
        <span className="status warn">No workers</span>
      </Link>
    );
  }
  return null;
}

function Live({ href, text, left }: { href: string; text: string; left?: string | null }) {
  return (
    <Link className="jobs" href={href}>
      <span className="pulse" aria-hidden="true" />
      <span className="num">
        {text}
        {left ? <span className="only-wide"> · {left} left</span> : null}
      </span>
    </Link>
  );
}

function describe(training: readonly RunSummary[]): string {
  const done = training.reduce((sum, run) => sum + run.step / Math.max(1, run.steps), 0) / training.length;
  return `${training.length} training · ${formatPercent(done, 0)}`;
}

function timeLeft(training: readonly RunSummary[]): string | null {
  const left = training.length === 1 ? (training[0]?.secondsLeft ?? null) : null;
  return left === null ? null : formatDuration(left);
}
