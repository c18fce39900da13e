"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { Progress } from "@/components/ui/progress";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { HeadCell } from "@/components/ui/table-head";
import { experimentsQuery } from "@/lib/client/experiments";
import type { ExperimentSummary } from "@/lib/contract/experiment";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./experiments.module.css";
import { experimentStates, stageNames } from "./trial-words";

/** All experiments, newest first. */
export function ExperimentsPage() {
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Experiments</h1>
        <span className="grow" />
        <ButtonLink look="primary" href="/experiments/new">
          <Plus size={13} aria-hidden="true" />
          New experiment
        </ButtonLink>
      </div>
      <QueryState query={useQuery(experimentsQuery())} failure="Could not load the experiments" waiting={<Skeleton height={200} />}>
        {(experiments) =>
          experiments.length === 0 ? (
            <div className="panel">
              <EmptyState
                title="No experiments yet"
                action={
                  <ButtonLink look="primary" href="/experiments/new">
                    Compare STAN and LoRA
                  </ButtonLink>
                }
              >
                An experiment searches each method’s settings on an equal budget, trains the best of each with several seeds, and reports on
                rows not used for selection.
              </EmptyState>
            </div>
          ) : (
            <section className={`panel ${styles["scroll"]}`} aria-label="Experiments">
              <table className="table">
                <thead>
                  <tr>
                    <HeadCell>Experiment</HeadCell>
                    <HeadCell>Arms</HeadCell>
                    <HeadCell>Base and data</HeadCell>
                    <HeadCell isNumeric>Runs</HeadCell>
                    <HeadCell width={190}>Status</HeadCell>
                  </tr>
                </thead>
                <tbody>
                  {experiments.map((experiment) => (
                    <ExperimentRow key={experiment.id} experiment={experiment} />
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </QueryState>
    </main>
  );
}

function ExperimentRow({ experiment }: { experiment: ExperimentSummary }) {
  const { id, name, arms, modelName, dataName, done, total, status, stage } = experiment;
  const { word, tone } = experimentStates[status];
  return (
    <tr>
      <td>
        <Link href={`/experiments/${id}`}>{name}</Link>
      </td>
      <td>{arms.join(", ")}</td>
      <td className="dim">
        {modelName} · {dataName}
      </td>
      <td className="num">
        {formatInteger(done)} of {formatInteger(total)}
      </td>
      <td>
        <span className="stack">
          <Status tone={tone}>{status === "running" ? stageNames[stage] : word}</Status>
          {status === "running" ? <Progress label="Runs" done={done} total={total} /> : null}
        </span>
      </td>
    </tr>
  );
}
