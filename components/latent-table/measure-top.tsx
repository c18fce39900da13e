"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useQueuedJob } from "@/components/latents/use-queued-job";
import { JobLine } from "@/components/shell/job-line";
import { Button } from "@/components/ui/button";
import { measureEffectsMutation } from "@/lib/client/effects";
import type { LatentSelection } from "@/lib/client/latents";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { mostEffectPasses } from "@/lib/contract/effect-passes";
import { mayUse } from "@/lib/contract/methods/methods";
import { isOpenJob } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import styles from "./latents.module.css";
import { fetchRows } from "./use-latent-rows";

type MeasureTopProps = {
  /** The table: its first rows are measured. */
  readonly selection: LatentSelection;
  readonly method: LatentMethod;
  /** `latent` or `component`. */
  readonly one: string;
  /** Rows of the table. */
  readonly total: number;
  /** Latents of the collection whose effect is known. */
  readonly measured: number;
};

/** Our choice. */
const mostMeasured = 50;
const defaults = measureEffectsRequest.parse({ latents: { by: "outputShare", count: mostMeasured } });

/** While few effects or none are known: measures the first rows of the table, with what that costs. */
export function MeasureTop({ selection, method, one, total, measured }: MeasureTopProps) {
  const client = useQueryClient();
  const count = Math.min(mostMeasured, total);
  const start = useMutation(measureEffectsMutation(selection.collectionId));
  const measure = useMutation({
    mutationFn: async () => {
      const rows = await fetchRows(client, selection, 0, count - 1);
      const latents = rows.flatMap(({ module, index, fireCount }) => (fireCount === 0 ? [] : [{ module, index }]));
      return start.mutateAsync({ latents });
    },
  });
  const { job, failure } = useQueuedJob(measure);
  const operations = defaults.operations.filter((operation) => mayUse(operation, method));
  const passes = mostEffectPasses(count, { ...defaults, operations });
  if (job !== undefined && isOpenJob(job))
    return (
      <div className={styles["unmeasured"]}>
        <JobLine job={job} />
      </div>
    );
  if (count === 0 || measured >= count) return null;
  return (
    <div className={`row wrap ${styles["unmeasured"]}`}>
      <span className="small mid">
        {measured === 0 ? "Δ loss is not measured yet." : `Δ loss is measured for ${formatPlural(measured, one)}.`}
      </span>
      <Button size="dense" disabled={measure.isPending} onClick={() => measure.mutate()}>
        Measure the top {formatInteger(count)}
      </Button>
      <span className="small dim">
        At most {formatInteger(passes)} forward passes of a row: {formatInteger(defaults.rows)} held-out rows with each {one} and{" "}
        {formatInteger(defaults.controls)} matched controls ablated
      </span>
      {failure !== null && (
        <span className="status bad small" role="alert">
          Measurement failed: {failure}
        </span>
      )}
    </div>
  );
}
