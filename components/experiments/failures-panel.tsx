import Link from "next/link";
import { Panel } from "@/components/ui/panel";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { formatInteger, formatSetting } from "@/lib/numbers/format";
import styles from "./experiments.module.css";
import { failureAdvice } from "./failure-advice";
import { adapterWords, sideName } from "./trial-words";

/** Runs that failed, each with its reason and what can be done; nothing where none has. */
export function FailuresPanel({ detail }: { detail: ExperimentDetail }) {
  const failed = detail.trials.flatMap((trial) =>
    trial.status === "failed" ? [{ ...trial, error: trial.error ?? "no reason is known" }] : [],
  );
  if (failed.length === 0) return null;
  return (
    <Panel title={failed.length === 1 ? "A run failed" : `${formatInteger(failed.length)} runs failed`}>
      <ul className={`${styles["plain"]} ${styles["column"]}`}>
        {failed.map((trial) => (
          <li key={`${trial.stage} ${trial.arm} ${trial.trial}`}>
            <b>{sideName(detail, trial)}</b>, {adapterWords(trial.adapter)}, learning rate {formatSetting(trial.learningRate)}, seed{" "}
            {trial.seed}: {trial.error}.{" "}
            <span className="mid">
              {failureAdvice(trial.error)}
              {trial.run === null ? null : (
                <>
                  {" "}
                  <Link className="link" href={`/runs/${trial.run.id}`}>
                    Open the run
                  </Link>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
