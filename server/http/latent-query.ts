import { type LatentQuery, latentQuery } from "@/lib/contract/latent";
import { readQuery } from "./handle";

const numbers = ["offset", "limit", "layerFrom", "layerTo"];

/** Which latents of a collection a URL's query string asks for, in which order. */
export function readLatentQuery(query: URLSearchParams, collectionId: string): LatentQuery {
  return readQuery(latentQuery, query, { numbers, given: { collectionId } });
}
