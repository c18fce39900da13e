import { type BulkRequest, isMeasure, type StudyRequest } from "@/lib/contract/study";
import { latestFinishedCollection } from "@/server/db/latents/collections";
import { readDataSet } from "@/server/db/library/data-sets";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { type AdapterShape, checkEdits, checkLatent, checkOperation } from "./adapter-shape";

const operationsWithValue: ReadonlySet<BulkRequest["operation"]> = new Set(["scale", "clamp", "minClamp", "add"]);

/**
 * What can be said about a study before a worker begins it.
 *
 * @throws ServiceError naming the field and what to do; `conflict` where a collection must be made first
 */
export async function checkStudy(context: ServiceContext, runId: string, shape: AdapterShape, study: StudyRequest): Promise<void> {
  if (isMeasure(study)) return study.kind === "forgetting" ? checkText(context, study.dataSetId) : undefined;
  checkEdits(shape, study.edits, "study.edits");
  switch (study.kind) {
    case "dose":
      checkLatent(shape, study.latent, "study.latent");
      checkScope(study.scope);
      return;
    case "bulk":
      checkScope(study.scope);
      checkOperation(shape, study.operation, "study.operation");
      checkValue(study);
      return checkLatents(context, runId, shape, study);
    case "evaluation":
      if (!study.edits.some(({ isOn }) => isOn)) {
        refuse("study.edits", "All edits are off, so there is nothing to evaluate: turn one on.");
      }
  }
}

/** @throws ServiceError when it is not there, or holds no text */
async function checkText({ store }: ServiceContext, dataSetId: string): Promise<void> {
  const dataSet = await readDataSet(store.db, dataSetId);
  if (dataSet === undefined) refuse("study.dataSetId", "There is no such dataset: choose another.");
  if (dataSet.mapping === null || dataSet.mapping.kind === "labelledImage")
    refuse("study.dataSetId", `${dataSet.name} has no recognised text: choose another dataset.`);
}

function checkValue({ operation, value, unit }: BulkRequest): void {
  if (!operationsWithValue.has(operation)) return;
  if (value === undefined) refuse("study.value", `${operation} needs a value.`);
  if (operation === "scale" && unit !== "raw") refuse("study.unit", "scale takes a factor: leave the unit at raw.");
}

async function checkLatents(
  { store }: ServiceContext,
  runId: string,
  shape: AdapterShape,
  { latents, unit, operation }: BulkRequest,
): Promise<void> {
  if (Array.isArray(latents)) for (const latent of latents) checkLatent(shape, latent, "study.latents");
  const isByOrder = !Array.isArray(latents) && latents.by !== "firing";
  const isByQuantile = unit !== "raw" && operationsWithValue.has(operation);
  if (!isByOrder && !isByQuantile) return;
  const collection = await latestFinishedCollection(store.db, runId);
  if (collection === undefined) {
    const what = isByOrder ? `Choosing latents by ${latents.by}` : `A value as a multiple of ${unit}`;
    throw new ServiceError(
      "conflict",
      `${what} needs a finished collection of this run. Collect its latents first, or ${isByOrder ? "name the latents" : "give a raw value"}.`,
      { field: isByOrder ? "study.latents" : "study.unit" },
    );
  }
  if (isByOrder && latents.domain !== undefined && !collection.domains.some(({ name }) => name === latents.domain)) {
    refuse("study.latents.domain", `The collection has no domain "${latents.domain}".`);
  }
}

function checkScope(scope: BulkRequest["scope"]): void {
  if (typeof scope === "object" && scope.from > scope.to)
    refuse("study.scope", `Positions ${scope.from} to ${scope.to} are an empty range.`);
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
