import type { CollectionSummary } from "@/lib/contract/latent";
import { type Probe, probeSizes } from "@/lib/contract/probing";
import type { RunMethod } from "@/lib/contract/run-config";
import { formatFixed, formatInteger } from "@/lib/numbers/format";
import { ChanceMark } from "./chance-mark";
import styles from "./concepts.module.css";
import { ProbeLatents } from "./probe-latents";
import { constantOf, type ProbedConcept, type ProbeMeasure } from "./probe-order";

type ProbeRowsProps = {
  readonly runId: string;
  readonly method: RunMethod;
  readonly collection: CollectionSummary | null;
  readonly measure: ProbeMeasure;
  readonly concept: ProbedConcept;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
};

/** A concept's probes: a line for the latents, one for the base model. */
export function ProbeRows({ runId, method, collection, measure, concept: { name, probes }, isOpen, onOpen }: ProbeRowsProps) {
  const { module, rows, latents, channels, dense } = probes;
  const constant = constantOf(probes, measure);
  const cell = (probe: Probe, of: string, mark: Parameters<typeof ChanceMark>[0]["mark"]) => (
    <ProbeCell key={`${of} ${probe.k}`} label={`${of}, k = ${formatInteger(probe.k)}`} {...{ probe, measure, mark, chance: constant }} />
  );
  return (
    <tbody>
      <tr>
        <td className={styles["name"]}>
          <button type="button" className="bare link" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
            {name}
          </button>
        </td>
        <td className={styles["reads"]}>latents</td>
        {latents.map((probe) => cell(probe, "latents", method))}
        <td />
        <td className="num" data-label="Constant">
          {formatFixed(constant, 3)}
        </td>
      </tr>
      <tr>
        <td className={`tiny dim ${styles["name"]}`}>
          <span className="cut-anywhere">{module}</span>
          <br />
          {formatInteger(rows.train.positives + rows.train.negatives)} rows train,{" "}
          {formatInteger(rows.test.positives + rows.test.negatives)} measure
        </td>
        <td className={styles["reads"]}>channels of the base model</td>
        {channels.map((probe) => cell(probe, "channels", "base"))}
        {cell(dense, "all channels", "base")}
        <td />
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={probeSizes.length + 4} className={styles["opened"]}>
            <ProbeLatents {...{ runId, collection, module, latents }} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

type ProbeCellProps = Omit<Parameters<typeof ChanceMark>[0], "value" | "interval"> & {
  readonly label: string;
  readonly probe: Probe;
  readonly measure: ProbeMeasure;
};

function ProbeCell({ label, probe, measure, ...drawn }: ProbeCellProps) {
  const { [measure]: value, interval } = probe;
  const [low, high] = interval[measure];
  return (
    <td data-label={label}>
      <b className="strong">{formatFixed(value, 3)}</b>{" "}
      <span className="small dim">
        ({formatFixed(low, 2)} to {formatFixed(high, 2)})
      </span>
      <div className={styles["drawn"]}>
        <ChanceMark value={value} interval={interval[measure]} {...drawn} />
      </div>
    </td>
  );
}
