import type { AnswerMetric } from "@/lib/contract/run";
import { compareLosses } from "@/server/engine/evaluation/compare-losses";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";
import { TrainingError } from "@/server/engine/training/training-error";
import type { HeldOutMeasurement, HeldOutRow } from "./training-task";

/** What a task reads of its held-out rows, in their order. */
export type HeldOutReadings = {
  readonly trained: readonly HeldOutRow[];
  /** Of the base model, or of the constant prediction. */
  readonly reference: readonly RowLoss[];
  /** Of a task that a head answers; asked once the losses are known to be numbers. */
  metrics?(): AnswerMetric[];
};

/** Measures what is trained on held-out rows, as its task reads them. @param read throws when aborted */
export function heldOutMeasurement(
  rows: readonly { readonly domain: string | null }[],
  read: (signal: AbortSignal) => Promise<HeldOutReadings>,
): HeldOutMeasurement {
  const domains = rows.map(({ domain }) => domain);
  return {
    isEmpty: rows.length === 0,
    async measure(step, signal) {
      const readings = await read(signal);
      const { trained, reference } = readings;
      if (!trained.every(({ lossSum }) => Number.isFinite(lossSum))) {
        const message = `the held-out loss after step ${step} is not a number; a lower learning rate may help`;
        throw new TrainingError("nonFiniteLoss", step, message);
      }
      const { byDomain, ...comparison } = compareLosses(trained, reference, domains);
      const answers = readings.metrics?.();
      const metrics = { step, ...comparison, byDomain: [...byDomain], ...(answers === undefined ? {} : { answers }) };
      return { metrics, rows: trained };
    },
  };
}
