import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { LatentEffect } from "@/lib/contract/effect";
import type { LatentRow } from "@/lib/contract/latent";
import { meanInterval } from "@/lib/numbers/statistics/student-t";
import type { Database } from "@/server/db/client";
import { effects } from "@/server/db/tables/label-tables";
import { nextRevision } from "./revisions";

/** By its module's place in the collection's `modules`. */
type Place = { module: number; index: number };

/** Stores what was measured of a latent; what was measured before with the same operation is replaced. */
export async function saveEffects(
  db: Database,
  collectionId: string,
  { module, index }: Place,
  list: readonly LatentEffect[],
): Promise<void> {
  if (list.length === 0) return;
  await db.transaction(async (transaction) => {
    const revision = await nextRevision(transaction, `effects ${collectionId}`);
    const rows = list.map((effect) => {
      const controls = effect.controls.map(({ perFiring }) => perFiring);
      const control = controls.length === 0 ? undefined : meanInterval(controls);
      return {
        collectionId,
        module,
        index,
        operation: effect.operation,
        effect,
        perFiring: effect.perFiring,
        halfWidth: effect.perFiringHalfWidth,
        controlPerFiring: control?.mean ?? null,
        controlHalfWidth: control?.halfWidth ?? null,
        revision,
      };
    });
    await transaction
      .insert(effects)
      .values(rows)
      .onConflictDoUpdate({
        target: [effects.collectionId, effects.module, effects.index, effects.operation],
        set: {
          effect: sql`excluded.effect`,
          perFiring: sql`excluded.per_firing`,
          halfWidth: sql`excluded.half_width`,
          controlPerFiring: sql`excluded.control_per_firing`,
          controlHalfWidth: sql`excluded.control_half_width`,
          revision: sql`excluded.revision`,
          updatedAt: sql`now()`,
        },
      });
  });
}

/** A latent's effects, by operation. */
export async function listEffects(db: Database, collectionId: string, { module, index }: Place): Promise<LatentEffect[]> {
  const own = and(eq(effects.collectionId, collectionId), eq(effects.module, module), eq(effects.index, index));
  const rows = await db.select({ effect: effects.effect }).from(effects).where(own).orderBy(asc(effects.operation));
  return rows.map(({ effect }) => effect);
}

/** Ablations after TopK that were measured after a revision: what the table of latents sorts by. */
export async function listAblationChanges(
  db: Database,
  collectionId: string,
  after: number,
): Promise<(Place & { perFiring: number; halfWidth: number | null; revision: number })[]> {
  return db
    .select({
      module: effects.module,
      index: effects.index,
      perFiring: effects.perFiring,
      halfWidth: effects.halfWidth,
      revision: effects.revision,
    })
    .from(effects)
    .where(and(eq(effects.collectionId, collectionId), eq(effects.operation, "ablatePost"), gt(effects.revision, after)));
}

/** Columns of `effects` that make `LatentRow.ablation`. */
export function toAblation(row: {
  per_firing: number | null;
  half_width: number | null;
  control_per_firing: number | null;
  control_half_width: number | null;
}): LatentRow["ablation"] {
  if (row.per_firing === null) return null;
  return {
    perFiring: row.per_firing,
    halfWidth: row.half_width,
    controlPerFiring: row.control_per_firing,
    controlHalfWidth: row.control_half_width,
  };
}
