import { and, asc, eq, gt, gte, isNotNull, sql } from "drizzle-orm";
import type { LatentRef } from "@/lib/contract/edit";
import type { AblationOperation, MeasureEffectsRequest } from "@/lib/contract/effect";
import type { Database } from "@/server/db/client";
import type { CollectionRow } from "@/server/db/latents/collections";
import { latents } from "@/server/db/tables/collection-tables";
import { effects } from "@/server/db/tables/label-tables";

type FirstOfOrder = Exclude<MeasureEffectsRequest["latents"], unknown[]>;

/**
 * The first living latents of an order, falling. Selectivity counts by the lower end of its interval, attribution by its sum over all
 * firings: a latent that fired once may have the largest of either and says nothing.
 *
 * @param order.domain only those that fire most in it
 */
export async function firstLatents(
  db: Database,
  { id, modules, domains }: Pick<CollectionRow, "id" | "modules" | "domains">,
  { by, count, domain }: FirstOfOrder,
): Promise<LatentRef[]> {
  const value = {
    attribution: sql`${latents.attribution} * ${latents.attributionCount}`,
    outputShare: sql`${latents.outputShare}`,
    selectivity: sql`${latents.selectivityLow}`,
  }[by];
  const place = domains.findIndex(({ name }) => name === domain);
  const isInDomain = domain === undefined ? undefined : eq(latents.topDomain, place);
  const rows = await db
    .select({ module: latents.module, index: latents.index })
    .from(latents)
    .where(and(eq(latents.collectionId, id), gt(latents.fireCount, 0), isNotNull(value), isInDomain))
    .orderBy(sql`${value} DESC`, asc(latents.module), asc(latents.index))
    .limit(count);
  return rows.flatMap(({ module, index }) => {
    const name = modules[module]?.name;
    return name === undefined ? [] : [{ module: name, index }];
  });
}

/** What controls are matched by, of every latent of a module; 0 where it is not known. @param module its place in the collection's modules */
export async function controlPool(
  db: Database,
  { id, positions }: Pick<CollectionRow, "id" | "positions">,
  module: number,
): Promise<{ densities: Float64Array; decoderNorms: Float64Array }> {
  const rows = await db
    .select({ fireCount: latents.fireCount, decoderNorm: latents.decoderNorm })
    .from(latents)
    .where(and(eq(latents.collectionId, id), eq(latents.module, module)))
    .orderBy(asc(latents.index));
  return {
    densities: Float64Array.from(rows, ({ fireCount }) => fireCount / Math.max(1, positions)),
    decoderNorms: Float64Array.from(rows, ({ decoderNorm }) => decoderNorm ?? 0),
  };
}

/** Which effects were measured since a moment: by module's place, index and operation. */
export async function effectsSince(
  db: Database,
  collectionId: string,
  since: Date,
): Promise<{ module: number; index: number; operation: AblationOperation }[]> {
  return db
    .select({ module: effects.module, index: effects.index, operation: effects.operation })
    .from(effects)
    .where(and(eq(effects.collectionId, collectionId), gte(effects.updatedAt, since)));
}
