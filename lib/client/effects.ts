import { mutationOptions } from "@tanstack/react-query";
import type { MeasureEffectsInput } from "@/lib/contract/effect";
import { taskSummary } from "@/lib/contract/run";
import { collectionPath } from "./latents";
import { startWork } from "./start-work";
import { putTask } from "./tasks";

/** Queues the measurement of latents' effects on held-out text; when its task ends, rows and latents are read anew. */
export function measureEffectsMutation(collectionId: string) {
  return mutationOptions({
    mutationFn: (request: MeasureEffectsInput) => startWork(taskSummary, `${collectionPath(collectionId)}/effects`, request),
    onSuccess: (task, _request, _result, { client }) => putTask(client, task),
  });
}
