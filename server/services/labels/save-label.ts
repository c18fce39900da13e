import type { z } from "zod";
import type { LatentLabel, saveLabelRequest } from "@/lib/contract/label";
import { readLabel, saveLabel as writeLabel } from "@/server/db/labels/labels";
import { subjectOf } from "@/server/db/latents/collections";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { finishedCollection, moduleOf, whichLatent } from "@/server/services/latents/finished-collection";
import { listLabels } from "./list-labels";

/**
 * Writes a person's label and note over what was there, and gives all labels. A text that is left as it is keeps its source and its score, so that a
 * note beside an explainer's label does not make it a person's.
 */
export async function saveLabel(
  context: ServiceContext,
  collectionId: string,
  request: z.output<typeof saveLabelRequest>,
): Promise<LatentLabel[]> {
  const { store } = context;
  const collection = await finishedCollection(store, collectionId);
  const { module } = moduleOf(collection, request);
  if (request.index >= module.numLatents) throw new ServiceError("notFound", `There is no ${whichLatent(request)}.`, { field: "index" });
  const subject = subjectOf(collection);
  const label = { ...request, text: request.text.trim() };
  const before = await readLabel(store.db, subject, request);
  const isSameText = before !== null && before.text === label.text && label.text !== "";
  const origin = isSameText ? { source: before.source, score: before.score } : { source: "person" as const, score: null };
  await writeLabel(store.db, subject, { ...label, ...origin });
  return listLabels(context, collectionId);
}
