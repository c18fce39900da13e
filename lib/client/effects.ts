import { mutationOptions } from "@tanstack/react-query";
import type { MeasureEffectsInput } from "@/lib/contract/effect";
import { taskSummary } from "@/lib/contract/run";
import { postJson } from "./fetch-json";
import { collectionPath } from "./latents";
import { putTask } from "./tasks";

/** Queues the measurement of latents' effects on held-out text; when its task ends, rows and latents are read anew. */
export function measureEffectsMutation(collectionId: string) {
  return mutationOptions({
    mutationFn: (request: MeasureEffectsInput) => postJson(taskSummary, `${collectionPath(collectionId)}/effects`, request),
    onSuccess: (task, _request, _result, { client }) => putTask(client, task),
  });
}
