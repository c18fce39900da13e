import type { Edit, LatentRef } from "@/lib/contract/edit";
import { latentMethodOf, mayUse } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";
import type { RunRow } from "@/server/db/runs/runs";
import { readAdapterSizes } from "@/server/files/adapters/adapter-sizes";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, withFileErrors } from "@/server/services/errors";
import { findAdapterFolder } from "@/server/services/runs/adapter-folder";
import { demandLatents } from "@/server/services/runs/demand-latents";

/** What edits of a run's adapter are held against: the latents of each module, rank components of LoRA. */
export type AdapterShape = { readonly method: LatentMethod; readonly sizes: ReadonlyMap<string, number> };

/** @throws ServiceError `conflict` when the run has no adapter yet; `invalid` for one without latents */
export async function adapterShape(context: ServiceContext, run: RunRow): Promise<AdapterShape> {
  const { id, method } = demandLatents(run);
  const folder = await findAdapterFolder(context, id);
  if (folder === undefined) throw new ServiceError("conflict", "The run has no adapter yet. Wait for its first checkpoint.");
  return { method, sizes: await withFileErrors(() => readAdapterSizes(folder)) };
}

/**
 * Holds edits against the adapter, those that are switched off as well: they may be switched on.
 *
 * @param field where they stand in the request
 * @throws ServiceError `invalid` naming the first that the adapter cannot take, and why
 */
export function checkEdits(shape: AdapterShape, edits: readonly Edit[], field: string): void {
  for (const [place, edit] of edits.entries()) {
    const at = `${field}.${place}`;
    checkOperation(shape, edit.operation, at);
    if ("latent" in edit) checkLatent(shape, edit.latent, `${at}.latent`);
    if ("module" in edit) checkModule(shape, edit.module, `${at}.module`);
    if (edit.operation === "isolate") for (const index of edit.indices) checkLatent(shape, { module: edit.module, index }, `${at}.indices`);
    if ("onlyIf" in edit && edit.onlyIf !== undefined) checkLatent(shape, edit.onlyIf.latent, `${at}.onlyIf.latent`);
    const { scope } = edit;
    if (typeof scope === "object" && scope.from > scope.to)
      refuse(`${at}.scope`, `Positions ${scope.from} to ${scope.to} are an empty range.`);
  }
}

/** @throws ServiceError `invalid` when the adapter has no TopK that the operation works on */
export function checkOperation({ method }: AdapterShape, operation: Edit["operation"], field: string): void {
  if (mayUse(operation, method)) return;
  const { label, noun } = latentMethodOf({ method });
  refuse(
    field,
    `A ${label} adapter keeps all of its ${noun}s, so there is no TopK for ${operation} to work on: ablatePost sets a ${noun} to zero.`,
  );
}

/** @throws ServiceError `invalid` when the adapter has no such latent */
export function checkLatent(shape: AdapterShape, { module, index }: LatentRef, field: string): void {
  const size = checkModule(shape, module, field);
  if (index >= size) refuse(field, `${module} has latents 0 to ${size - 1}, so there is no latent ${index}.`);
}

/** @returns how many latents the module has @throws ServiceError `invalid` when the adapter has no such module */
export function checkModule({ sizes }: AdapterShape, module: string, field: string): number {
  const size = sizes.get(module);
  if (size !== undefined) return size;
  const some = [...sizes.keys()].slice(0, 3).join(", ");
  return refuse(field, `The adapter has no module "${module}". It has ${sizes.size}, among them ${some}.`);
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
