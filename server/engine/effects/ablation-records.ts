import type { LatentRef } from "@/lib/contract/edit";
import type { Ablation, AblationTarget } from "./ablation-plan";

/** What the unchanged pass notes of each latent that is measured, by module and index. */
export type Records<Noted> = ReadonlyMap<string, ReadonlyMap<number, Noted>>;

/** One of every target and of every control; a latent that is both counts as a target. */
export function createRecords<Noted>(
  targets: readonly AblationTarget[],
  create: (latent: LatentRef, isTarget: boolean) => Noted,
): Records<Noted> {
  const records = new Map<string, Map<number, Noted>>();
  const add = (latent: LatentRef, isTarget: boolean) => {
    const own = records.get(latent.module) ?? new Map<number, Noted>();
    records.set(latent.module, own);
    if (!own.has(latent.index)) own.set(latent.index, create(latent, isTarget));
  };
  for (const { latent } of targets) add(latent, true);
  for (const { latent, controls } of targets) for (const index of controls) add({ ...latent, index }, false);
  return records;
}

/** @throws Error when the latent is neither a target nor a control */
export function recordOf<Noted>(records: Records<Noted>, { latent }: Pick<Ablation, "latent">): Noted {
  const record = records.get(latent.module)?.get(latent.index);
  if (record === undefined) throw new Error(`latent ${latent.index} of ${latent.module} was not recorded`);
  return record;
}
