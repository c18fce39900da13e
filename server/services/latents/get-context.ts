import type { LatentContext } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { readContexts, readExamples } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { finishedCollection, moduleOf } from "./finished-collection";
import { showContext } from "./show-example";

/** The whole row that an example is cut from, with a latent's activations where they are stored. */
export async function getContext(
  { store }: ServiceContext,
  where: { collectionId: string; context: number; module: string; index: number },
): Promise<LatentContext> {
  const collection = await finishedCollection(store, where.collectionId);
  const { place } = moduleOf(collection, where);
  const [contexts, { top, bands }] = await Promise.all([
    readContexts(store, collection, [where.context]),
    readExamples(store, collection, { module: place, index: where.index }),
  ]);
  const context = found(contexts.get(where.context), `context ${where.context} in this collection`);
  const windows = [...top, ...bands.flatMap(({ examples }) => examples)].filter((example) => example.context === where.context);
  const domains = collection.domains.map(({ name }) => name);
  return showContext(context, windows, { domains, kind: positionKindOf(collection.positionKind) });
}
