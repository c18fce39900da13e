import type { z } from "zod";
import { bakingOf } from "@/lib/contract/baking";
import type { Edit } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { BakeStarted, bakeRequest } from "@/lib/contract/steering";
import { newId } from "@/server/db/new-id";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { startJob } from "@/server/services/work/start-job";
import { checkEdits } from "./adapter-shape";
import { finishedAdapter } from "./finished-adapter";

const longestName = 120;

/**
 * Queues the writing of edits into a new adapter, as a run derived from this one.
 *
 * @throws ServiceError `invalid` with the reason of every edit that matrices cannot hold exactly
 */
export async function startBake(context: ServiceContext, runId: string, request: z.output<typeof bakeRequest>): Promise<BakeStarted> {
  const { run, shape } = await finishedAdapter(context, runId);
  checkEdits(shape, request.edits, "edits");
  const { baked, refused } = bakingOf(request.edits, latentMethodOf(run.config.adapter).bakedForm(run.config.adapter));
  const reasons = refused.map(({ edit, reason }) => `Edit ${request.edits.indexOf(edit) + 1} (${edit.operation}): ${reason}`);
  if (reasons.length > 0)
    throw new ServiceError("invalid", `Some of these edits cannot be baked. ${reasons.join(" ")}`, { field: "edits" });
  if (baked.length === 0) throw new ServiceError("invalid", "All edits are off: turn on those to bake.", { field: "edits" });
  const derived = { id: newId(), name: request.name ?? defaultName(run.name, baked) };
  const job = await startJob(context, {
    title: `Bake ${derived.name}`,
    input: { kind: "bake", runId, derived, edits: [...baked] },
    unit: "modules",
    total: shape.sizes.size,
  });
  return { runId: derived.id, task: job };
}

function defaultName(parent: string, { length }: readonly Edit[]): string {
  const ending = length === 1 ? ", an edit baked in" : `, ${length} edits baked in`;
  return `${parent.slice(0, longestName - ending.length)}${ending}`;
}
