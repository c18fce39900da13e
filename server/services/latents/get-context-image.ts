import { readContextImage } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { finishedCollection } from "./finished-collection";

/** The largest number of a context: it is stored in 4 bytes. */
const mostContext = 2 ** 31 - 1;

/** The image of a context, WebP. @throws ServiceError `notFound` where there is none, as for a number that is none of a context */
export async function getContextImage(
  { store }: ServiceContext,
  where: { readonly collectionId: string; readonly context: string; readonly of?: "image" | "clean" },
): Promise<Uint8Array> {
  const what = `image of context ${where.context} in this collection`;
  const collection = await finishedCollection(store, where.collectionId);
  const context = /^\d{1,10}$/.test(where.context) ? Number(where.context) : Number.POSITIVE_INFINITY;
  return found(context > mostContext ? undefined : await readContextImage(store, collection, context, where.of), what);
}
