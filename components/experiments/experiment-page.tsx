"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { LineChart } from "@/components/plots/line-chart";
import { TaskLine } from "@/components/shell/task-line";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Panel } from "@/components/ui/panel";
import { ProgressLine } from "@/components/ui/progress";
import { saveFile } from "@/components/ui/save-file";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { deleteExperimentMutation, experimentActionMutation, experimentQuery } from "@/lib/client/experiments";
import type { ExperimentDetail, TrialStage } from "@/lib/contract/experiment";
import { formatCount, formatDuration, formatFixed, formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { EstimatePanel } from "./estimate-panel";
import styles from "./experiments.module.css";
import { rateCurves } from "./rate-curves";
import { choiceWords, experimentStates, stageNames } from "./trial-words";
import { trialsCsv } from "./trials-csv";
import { TrialsTable } from "./trials-table";

/** An experiment as it goes: its stages, every trial, what was chosen and why, and what it has cost. */
export function ExperimentPage({ experimentId }: { experimentId: string }) {
  const { data: detail, error, refetch } = useQuery(experimentQuery(experimentId));
  if (detail === undefined) {
    return (
      <main className="page">
        {error ? (
          <ErrorNote title="The experiment cannot be read" actions={<Button onClick={() => void refetch()}>Try again</Button>}>
            {messageOf(error)}
          </ErrorNote>
        ) : (
          <Skeleton height={480} />
        )}
      </main>
    );
  }
  const stages = (["final", "sweep", "probe"] as const).filter((stage) => detail.trials.some((trial) => trial.stage === stage));
  return (
    <main className="page">
      <Head detail={detail} />
      <div className={styles["column"]}>
        {detail.experiment.error === null ? null : (
          <ErrorNote title={detail.experiment.status === "failed" ? "The experiment ended" : "Note"}>{detail.experiment.error}</ErrorNote>
        )}
        <Stages detail={detail} />
        <Choices detail={detail} />
        <RatePanel detail={detail} />
        {stages.map((stage) => (
          <Panel key={stage} title={stageNames[stage]} isPadded={false} foot={<p className="note">{stageNotes[stage]}</p>}>
            <TrialsTable detail={detail} stage={stage} />
          </Panel>
        ))}
        <EstimatePanel estimate={detail.estimate} title="Estimated before it started" />
      </div>
    </main>
  );
}

const stageNotes: Record<TrialStage, string> = {
  probe: "A short training of every size: its median step time says how many steps fit into the same time.",
  sweep:
    "Every arm has the same number of trials, on the same rows in the same order. Failed and stopped trials count as tried and are never chosen. The interval is of the mean over rows.",
  final: "The best setting of each arm with every seed, measured on rows that took no part in the choice.",
};

function Head({ detail }: { detail: ExperimentDetail }) {
  const { experiment, request, trials } = detail;
  const router = useRouter();
  const act = useMutation(experimentActionMutation(experiment.id));
  const remove = useMutation(deleteExperimentMutation(experiment.id));
  const { word, tone } = experimentStates[experiment.status];
  const error = act.error ?? remove.error;
  const finals = trials.flatMap(({ stage, status, run }) => (stage === "final" && status === "finished" && run !== null ? [run.id] : []));
  return (
    <>
      <div className="pagehead">
        <div>
          <div className="crumb small">
            <Link href="/experiments">Experiments</Link>
            <i>/</i>
          </div>
          <h1>{experiment.name}</h1>
          <span className="small dim">
            {experiment.modelName} · {experiment.dataName} · {experiment.arms.join(", ")}
          </span>
        </div>
        <Status tone={tone}>{word}</Status>
        <span className="grow" />
        <CopyButton look="quiet" text={() => JSON.stringify(request, null, 2)}>
          Copy as JSON
        </CopyButton>
        <Button look="quiet" onClick={() => saveFile("experiment.csv", trialsCsv(detail), "text/csv")}>
          CSV
        </Button>
        {finals.length > 1 ? <ButtonLink href={`/compare?runs=${finals.join(",")}`}>Compare the final runs</ButtonLink> : null}
        {experiment.status === "running" ? (
          <InlineConfirm
            label="Cancel"
            question="End what runs, and start nothing more? What is done stays."
            confirmLabel="Cancel the experiment"
            isBusy={act.isPending}
            onConfirm={() => act.mutate("cancel")}
          />
        ) : (
          <InlineConfirm
            label="Remove"
            question="Remove the experiment? Its runs stay."
            confirmLabel="Remove"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate(undefined, { onSuccess: () => router.push("/experiments") })}
          />
        )}
        {experiment.status === "cancelled" || experiment.status === "failed" ? (
          <Button look="primary" disabled={act.isPending} onClick={() => act.mutate("resume")}>
            Resume
          </Button>
        ) : null}
      </div>
      {error ? <ErrorNote title="That was not done">{messageOf(error)}</ErrorNote> : null}
    </>
  );
}

/** How far each stage has come, and what all of it has cost. */
function Stages({ detail }: { detail: ExperimentDetail }) {
  const { experiment, trials, request, tasks, spent } = detail;
  const isLive = experiment.status === "running";
  const stages = (["probe", "sweep", "final"] as const).filter((stage) => stage !== "probe" || request.match === "wallClock");
  return (
    <Panel title="Progress">
      <div className={styles["column"]}>
        {stages.map((stage) => {
          const own = trials.filter((trial) => trial.stage === stage);
          const total = stage === "final" ? request.arms.length * request.finalSeeds.length : own.length;
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
        {tasks
          .filter(({ status }) => status !== "finished")
          .map((task) => (
            <TaskLine key={task.id} task={task} />
          ))}
        <p className="note">
          So far {formatDuration(spent.seconds)} of training and evaluation, {formatCount(spent.steps)} steps, {formatCount(spent.tokens)}{" "}
          tokens
          {spent.savedSteps > 0 ? `; early stopping left out ${formatCount(spent.savedSteps)} steps` : ""}.
        </p>
      </div>
    </Panel>
  );
}

function Choices({ detail }: { detail: ExperimentDetail }) {
  const { choices, trials, request } = detail;
  if (choices.length === 0) return null;
  return (
    <Panel title="Chosen">
      <ul className={`${styles["plain"]} ${styles["column"]}`}>
        {choices.map((choice) => (
          <li key={choice.arm}>
            <b>{request.arms[choice.arm]?.name}</b> {choiceWords(choice, trials)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RatePanel({ detail }: { detail: ExperimentDetail }) {
  const series = rateCurves(detail);
  if (series.every(({ points = [] }) => points.length < 2)) return null;
  return (
    <Panel title="Loss by learning rate" foot={<p className="note">Whole trials of the sweep, on selection rows.</p>}>
      <LineChart
        series={series}
        height={260}
        label="Held-out loss of every arm against its learning rate"
        xLabel="learning rate, log"
        yLabel="nats a label token"
        pointName="loss"
        hasEndLabels
        formatX={(exponent) => formatSignificant(10 ** exponent, 2)}
        formatValue={(loss) => formatFixed(loss, 4)}
      />
    </Panel>
  );
}
