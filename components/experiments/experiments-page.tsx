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
  const read = useQuery(experimentsQuery());
  const isEmpty = read.data?.length === 0;
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Experiments</h1>
        <span className="grow" />
        {isEmpty ? null : newExperiment}
      </div>
      <QueryState query={read} failure="Could not load the experiments" waiting={<Skeleton height={200} />}>
        {(experiments) =>
          experiments.length === 0 ? (
            <div className="panel">
              <EmptyState title="No experiments yet" steps={steps} action={newExperiment}>
                An experiment compares methods fairly: equal budgets, several seeds, and results on rows that selected nothing.
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

const newExperiment = (
  <ButtonLink look="primary" href="/experiments/new">
    <Plus size={13} aria-hidden="true" />
    New experiment
  </ButtonLink>
);

const steps = [
  { name: stageNames.sweep, text: "Each arm tries the same number of settings and learning rates." },
  { name: "Selection", text: "The best setting of each arm is chosen on one half of the held-out rows." },
  { name: stageNames.final, text: "It is trained again with several seeds." },
  { name: "Report", text: "Paired differences with intervals on the other half, as a page and a file." },
];

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
