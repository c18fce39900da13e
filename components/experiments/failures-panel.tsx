import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import { failureAdvice } from "./failure-advice";
import { sideName } from "./trial-words";

/** Failed runs grouped by reason, with advice; nothing if none failed. */
export function FailuresPanel({ detail }: { detail: ExperimentDetail }) {
  const failed = detail.trials.filter(({ status }) => status === "failed");
  if (failed.length === 0) return null;
  const reasons = [...new Set(failed.map(({ error }) => error ?? "reason unknown"))];
  return (
    <Panel title={failed.length === 1 ? "A run failed" : `${formatInteger(failed.length)} runs failed`}>
      <ul className="stack wide">
        {reasons.map((reason) => (
          <li key={reason}>
            <p>
              <b>{reason}</b>
            </p>
            <p className="mid">{failureAdvice(reason)}</p>
            <ul className="row wrap small">
              {failed
                .filter(({ error }) => (error ?? "reason unknown") === reason)
                .map((trial) => (
                  <li key={`${trial.stage} ${trial.arm} ${trial.trial}`}>
                    <FailedRun detail={detail} trial={trial} />
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function FailedRun({ detail, trial }: { detail: ExperimentDetail; trial: ExperimentTrial }) {
  const { adapter, learningRate, seed, run } = trial;
  const words = `${sideName(detail, trial)}, ${methodOf(adapter).settingOf(adapter)} at ${formatSetting(learningRate)}, seed ${seed}`;
  if (run === null) return words;
  return (
    <Link className="link" href={`/runs/${run.id}`}>
      {words}
    </Link>
  );
}
