import { mutationOptions } from "@tanstack/react-query";
import type { MeasureEffectsInput } from "@/lib/contract/effect";
import { jobSummary } from "@/lib/contract/run";
import { putJob } from "./jobs";
import { collectionPath } from "./latents";
import { startWork } from "./start-work";

/** Queues the measurement of latents' effects on held-out text; when its job ends, rows and latents are read anew. */
export function measureEffectsMutation(collectionId: string) {
  return mutationOptions({
    mutationFn: (request: MeasureEffectsInput) => startWork(jobSummary, `${collectionPath(collectionId)}/effects`, request),
    onSuccess: (job, _request, _result, { client }) => putJob(client, job),
  });
}
