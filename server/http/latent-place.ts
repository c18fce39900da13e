import { z } from "zod";
import type { LatentRef } from "@/lib/contract/edit";
import { parseRequest } from "./handle";

const place = z.object({ module: z.string().min(1).max(300), index: z.coerce.number().pipe(z.int().min(0)) });

/** The latent that a route's path names. @throws ServiceError when the index is none */
export function readLatentPlace(params: { module: string; index: string }): LatentRef {
  return parseRequest(place, params);
}
