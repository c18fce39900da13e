import { RunLinks } from "@/components/shell/run-links";
import { Panel } from "@/components/ui/panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import type { ExperimentEstimate } from "@/lib/contract/experiment";
import { formatBytes, formatCount, formatDuration, formatInteger, formatPlural, notMeasured } from "@/lib/numbers/format";
import styles from "./experiments.module.css";

/** The estimated cost of an experiment by arm, and the basis of the estimate. */
export function EstimatePanel({ estimate, title }: { estimate: ExperimentEstimate; title: string }) {
  const { runs, steps, tokens, seconds, diskBytes, arms, domainSets, selectionRows, reportRows } = estimate;
  return (
    <Panel title={title} foot={<p className="note">{speedWords(estimate)}</p>}>
      <div className="stack wide">
        <div className={`columns ${styles["figures"]}`}>
          <Figure name="Runs" value={formatInteger(runs)} />
          <Figure name="Steps" value={formatCount(steps)} />
          <Figure name="Tokens" value={formatCount(tokens)} />
          <Figure name="Time, one worker" value={seconds === null ? notMeasured : formatDuration(seconds)} />
          <Figure name="Disk" value={formatBytes(diskBytes)} />
          <Figure name="Held-out rows" value={`${formatInteger(selectionRows)} + ${formatInteger(reportRows)}`} />
        </div>
        <ScrollBox label="Estimate by arm" className={styles["scroll"]}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Arm</th>
                <th scope="col" className="num">
                  Trials
                </th>
                <th scope="col" className="num">
                  Parameters
                </th>
                <th scope="col" className="num">
                  Active
                </th>
                <th scope="col" className="num">
                  FLOPs per token
                </th>
                <th scope="col" className="num">
                  Time
                </th>
              </tr>
            </thead>
            <tbody>
              {arms.map((arm) => (
                <tr key={arm.name}>
                  <td>{arm.name}</td>
                  <td className="num">{formatInteger(arm.trials)}</td>
                  <td className="num">{span(arm.trainableParameters)}</td>
                  <td className="num">{span(arm.activeParameters)}</td>
                  <td className="num">{span(arm.flopsPerToken)}</td>
                  <td className="num">{arm.seconds === null ? notMeasured : formatDuration(arm.seconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
        {domainSets.length === 0 ? null : (
          <ScrollBox label="Rows by training domains" className={styles["scroll"]}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Training domains</th>
                  <th scope="col" className="num">
                    Training rows
                  </th>
                  <th scope="col" className="num">
                    Selection rows
                  </th>
                </tr>
              </thead>
              <tbody>
                {domainSets.map(({ domains, trainRows, selectionRows: choosing }) => (
                  <tr key={domains.join()}>
                    <td>{domains.join(", ")}</td>
                    <td className="num">{formatInteger(trainRows)}</td>
                    <td className="num">{formatInteger(choosing)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
      </div>
    </Panel>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <span className="small dim">{name}</span>
      <b>{value}</b>
    </div>
  );
}

function span(ends: readonly [number, number] | null): string {
  if (ends === null) return notMeasured;
  const [low, high] = ends;
  return low === high ? formatCount(low) : `${formatCount(low)} – ${formatCount(high)}`;
}

function speedWords({ speed, measuredOn, selectionRows, reportRows }: ExperimentEstimate) {
  const rows = `Settings are selected on ${formatPlural(selectionRows, "row")}; results are reported on ${formatInteger(reportRows)} others. Early stopping may reduce the time.`;
  const runs = <RunLinks runs={measuredOn.slice(0, 3)} />;
  switch (speed) {
    case "likeRuns":
      return (
        <>
          Time based on {runs}, measured with the same model. {rows}
        </>
      );
    case "otherRuns":
      return (
        <>
          Rough time, scaled by FLOPs from {runs}, measured with another model or precision. {rows}
        </>
      );
    case "products":
      return <>Rough time, based on the worker’s matrix-product throughput: no run has been measured yet. {rows}</>;
    case "unknown":
      return <>Time unknown: no run has been measured yet and no worker is running. {rows}</>;
  }
}
