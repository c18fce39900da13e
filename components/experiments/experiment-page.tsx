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
import { FailuresPanel } from "./failures-panel";
import { lossWords } from "./loss-words";
import { ProgressPanel } from "./progress-panel";
import { RatePanel } from "./rate-panel";
import { SizeMapPanel } from "./size-map-panel";
import { choiceWords, sideName, stageNames } from "./trial-words";
import { TrialsTable } from "./trials-table";

/** An experiment's stages, trials, chosen settings and costs, updated live. */
export function ExperimentPage({ experimentId }: { experimentId: string }) {
  return (
    <QueryState
      query={useQuery(experimentQuery(experimentId))}
      failure="Could not load the experiment"
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
      <div className="stack wide">
        {detail.experiment.error === null ? null : (
          <ErrorNote title={detail.experiment.status === "failed" ? "The experiment failed" : "Note"}>{detail.experiment.error}</ErrorNote>
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
        <EstimatePanel estimate={detail.estimate} title="Estimate before the start" />
      </div>
    </main>
  );
}

function stageNote(stage: TrialStage, detail: ExperimentDetail): string {
  const { domainSets } = detail.request;
  const { says, metric } = lossWords(detail);
  const against = metric === null ? "" : ` The loss is compared with that of a constant prediction, which ignores the text. ${says}`;
  switch (stage) {
    case "probe":
      return "A short run of every size. Its median step time sets how many steps fit into the same time.";
    case "sweep":
      return `Every arm has the same number of trials, on the same rows in the same order. Settings are selected by loss only; failed and stopped trials count as tried and are never selected.${domainSets === null ? "" : " Each is evaluated on held-out rows of its training domains."} The interval is of the mean over rows.${against}`;
    case "final":
      return `The best setting of each arm with every seed, measured on report rows, which were not used for selection${domainSets === null ? "" : "; they cover all domains, and no run was trained on them"}.${against}`;
  }
}

function Choices({ detail }: { detail: ExperimentDetail }) {
  const { choices, trials } = detail;
  if (choices.length === 0) return null;
  return (
    <Panel title="Selected settings">
      <ul className="stack wide">
        {choices.map((choice) => (
          <li key={`${choice.arm} ${choice.domainSet}`}>
            <b>{sideName(detail, choice)}</b> {choiceWords(choice, trials)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
