import type { LatentRef } from "@/lib/contract/edit";
import { type LatentParams, writeLatentParams } from "./latent-params";

/** The page of one latent, which keeps the table it came from. */
export function latentHref(runId: string, latent: LatentRef, params: LatentParams): string {
  return `/runs/${encodeURIComponent(runId)}/latents/${encodeURIComponent(latent.module)}/${latent.index}${writeLatentParams(params)}`;
}

export function isSameLatent(one: LatentRef, other: LatentRef): boolean {
  return one.module === other.module && one.index === other.index;
}
