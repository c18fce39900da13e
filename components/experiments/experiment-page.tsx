"use client";
import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { inPage, QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { experimentQuery } from "@/lib/client/experiments";
import type { ExperimentDetail, TrialStage } from "@/lib/contract/experiment";
import { EstimatePanel } from "./estimate-panel";
import { ExperimentHead } from "./experiment-head";
import styles from "./experiments.module.css";
import { FailuresPanel } from "./failures-panel";
import { lossWords } from "./loss-words";
import { ProgressPanel } from "./progress-panel";
import { RatePanel } from "./rate-panel";
import { SizeMapPanel } from "./size-map-panel";
import { choiceWords, sideName, stageNames } from "./trial-words";
import { TrialsTable } from "./trials-table";

/** An experiment as it goes: its stages, every trial, what was chosen and why, and what it has cost. */
export function ExperimentPage({ experimentId }: { experimentId: string }) {
  return (
    <QueryState
      query={useQuery(experimentQuery(experimentId))}
      failure="The experiment cannot be read"
      waiting={inPage(<Skeleton height={480} />)}
      frame={inPage}
    >
      {(detail) => <Experiment detail={detail} />}
    </QueryState>
  );
}

function Experiment({ detail }: { detail: ExperimentDetail }) {
  const stages = (["final", "sweep", "probe"] as const).filter((stage) => detail.trials.some((trial) => trial.stage === stage));
  return (
    <main className="page">
      <ExperimentHead detail={detail} />
      <div className={styles["column"]}>
        {detail.experiment.error === null ? null : (
          <ErrorNote title={detail.experiment.status === "failed" ? "The experiment ended" : "Note"}>{detail.experiment.error}</ErrorNote>
        )}
        <ProgressPanel detail={detail} />
        <FailuresPanel detail={detail} />
        <Choices detail={detail} />
        <RatePanel detail={detail} />
        <SizeMapPanel detail={detail} />
        {stages.map((stage) => (
          <Panel key={stage} title={stageNames[stage]} isPadded={false} foot={<p className="note">{stageNote(stage, detail)}</p>}>
            <TrialsTable detail={detail} stage={stage} />
          </Panel>
        ))}
        <EstimatePanel estimate={detail.estimate} title="Estimated before it started" />
      </div>
    </main>
  );
}

function stageNote(stage: TrialStage, detail: ExperimentDetail): string {
  const { domainSets } = detail.request;
  const { says, metric } = lossWords(detail);
  const against = metric === null ? "" : ` The loss stands beside that of an answer that does not look at the text. ${says}`;
  switch (stage) {
    case "probe":
      return "A short training of every size: its median step time says how many steps fit into the same time.";
    case "sweep":
      return `Every arm has the same number of trials, on the same rows in the same order. Settings are chosen by the loss, whatever else is shown; failed and stopped trials count as tried and are never chosen.${domainSets === null ? "" : " Each is judged on held-out rows of the domains that it is trained on."} The interval is of the mean over rows.${against}`;
    case "final":
      return `The best setting of each arm with every seed, measured on rows that took no part in the choice${domainSets === null ? "" : ", of all domains alike: nothing of them was trained on by any run"}.${against}`;
  }
}

function Choices({ detail }: { detail: ExperimentDetail }) {
  const { choices, trials } = detail;
  if (choices.length === 0) return null;
  return (
    <Panel title="Chosen">
      <ul className={`${styles["plain"]} ${styles["column"]}`}>
        {choices.map((choice) => (
          <li key={`${choice.arm} ${choice.domainSet}`}>
            <b>{sideName(detail, choice)}</b> {choiceWords(choice, trials)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
