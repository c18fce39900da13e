import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { type LatentParams, runOrder, writeLatentParams } from "./latent-params";

/** Where latents are looked at: in a run, which can also be steered, or in a dictionary that was imported. */
export type LatentHome = { readonly kind: "run"; readonly runId: string } | { readonly kind: "dictionary"; readonly collectionId: string };

/** The run whose latents can be edited; null for those of a dictionary. */
export function steeredRun(home: LatentHome): string | null {
  return home.kind === "run" ? home.runId : null;
}

/** The run whose latents can be read on a text; null for those of a dictionary, or over images. */
export function textRun(home: LatentHome, collection: Pick<CollectionSummary, "positionKind"> | null): string | null {
  const isOfText = collection === null || positionKindOf(collection.positionKind).hasVocabulary;
  return home.kind === "run" && isOfText ? home.runId : null;
}

/** What a home's table is sorted by until a person chooses. No dictionary says how much of a module's output its latents write. */
export function firstOrder(home: LatentHome): LatentSortKey {
  return home.kind === "run" ? runOrder : "fireCount";
}

/** The table of a home's latents. */
export function tableHref(home: LatentHome, params: LatentParams): string {
  return `${pathOf(home)}${writeLatentParams(homeParams(home, params), firstOrder(home))}`;
}

/** The page of one latent, which keeps the table it came from. */
export function latentHrefIn(home: LatentHome, latent: LatentRef, params: LatentParams): string {
  return `${pathOf(home)}/${encodeURIComponent(latent.module)}/${latent.index}${writeLatentParams(homeParams(home, params), firstOrder(home))}`;
}

function pathOf(home: LatentHome): string {
  return home.kind === "run"
    ? `/runs/${encodeURIComponent(home.runId)}/latents`
    : `/dictionaries/${encodeURIComponent(home.collectionId)}/latents`;
}

/** A dictionary's own address names its collection already. */
function homeParams(home: LatentHome, params: LatentParams): LatentParams {
  return home.kind === "run" ? params : { ...params, collectionId: null };
}
