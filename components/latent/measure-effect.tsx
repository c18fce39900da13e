"use client";
import { useMutation } from "@tanstack/react-query";
import { useQueuedJob } from "@/components/latents/use-queued-job";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { measureEffectsMutation } from "@/lib/client/effects";
import type { LatentRef } from "@/lib/contract/edit";
import { isOpenJob } from "@/lib/contract/run";
import { formatInteger } from "@/lib/numbers/format";

type MeasureEffectProps = { readonly collectionId: string; readonly latent: LatentRef };

/** Queues the measurement of one latent's effect, and says how far it is; its end reads the page anew. */
export function MeasureEffect({ collectionId, latent }: MeasureEffectProps) {
  const measure = useMutation(measureEffectsMutation(collectionId));
  const { job, failure } = useQueuedJob(measure);
  if (job !== undefined && isOpenJob(job)) {
    return (
      <span className="stack" style={{ gap: 4 }}>
        <span className="small mid" role="status">
          {job.status === "queued"
            ? "queued"
            : `measuring${job.total === null ? "" : `, ${formatInteger(job.done)} of ${formatInteger(job.total)} ${job.unit}`}`}
        </span>
        <Progress label="Measuring the effect" done={job.done} total={job.total} isLive={job.status === "running"} />
      </span>
    );
  }
  return (
    <span className="stack" style={{ gap: 4 }}>
      <span>
        <Button
          size="dense"
          disabled={measure.isPending}
          title="Evaluates held-out rows with and without this latent, and with and without matched random latents"
          onClick={() => measure.mutate({ latents: [{ module: latent.module, index: latent.index }] })}
        >
          {failure === null ? "Measure" : "Measure again"}
        </Button>
      </span>
      {failure !== null && <span className="status bad small">{failure}</span>}
    </span>
  );
}
