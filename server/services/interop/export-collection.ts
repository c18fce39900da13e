import type { CollectionFormat } from "@/lib/contract/api";
import { readTokenIds } from "@/server/db/latents/latents";
import { type ArchiveFile, writeTarGz } from "@/server/interop/archives/write-tar";
import { circuitTracerFiles } from "@/server/interop/circuit-tracer";
import { delphiFiles } from "@/server/interop/delphi";
import { neuronpediaFiles } from "@/server/interop/neuronpedia/neuronpedia-tree";
import { slug } from "@/server/interop/source-ids";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { demandTokens, type ExportedCollection, exportedCollection } from "./exported-collection";
import { exportedLatents, labelsOf, storedBatches } from "./exported-latents";

/**
 * A finished collection, or one of its modules, in another tool's files, as a .tar.gz that is made while it is read.
 *
 * @param module by name; all of them when undefined
 */
export async function exportCollection(
  context: ServiceContext,
  collectionId: string,
  format: CollectionFormat,
  module?: string,
): Promise<{ name: string; archive: AsyncGenerator<Uint8Array> }> {
  const exported = await exportedCollection(context, collectionId);
  demandTokens(exported);
  const all = exported.collection.modules.map((_, number) => number);
  const numbers = all.filter((number) => module === undefined || exported.collection.modules[number]?.name === module);
  found(numbers[0], `module ${module} in this collection`);
  const name = slug([exported.modelId, exported.collection.name, format, ...(module === undefined ? [] : [module])].join("-"));
  return { name: `${name}.tar.gz`, archive: writeTarGz(filesOf(context, exported, format, numbers)) };
}

async function* filesOf(
  { store }: ServiceContext,
  { collection, places, modelName, corpus, layers }: ExportedCollection,
  format: CollectionFormat,
  numbers: readonly number[],
): AsyncGenerator<ArchiveFile> {
  const { positions: tokens } = collection;
  const chosen = numbers.flatMap((number) => {
    const [place, module] = [places[number], collection.modules[number]];
    return place === undefined || module === undefined ? [] : [{ number, place, module }];
  });
  if (format === "delphi") {
    const contexts = await readTokenIds(store, collection);
    const modules = chosen.map(({ number, module: { name, numLatents } }) => ({ name, numLatents, batches: () => firings(number) }));
    yield* delphiFiles(modules, contexts, { modelName, corpus, tokens });
    return;
  }
  const labelOf = await labelsOf(store, collection);
  const modules = chosen.map(({ number, place }) => ({
    place,
    sourceId: place.sourceId,
    about: { modelName, layers, corpus, tokens },
    batches: () => exportedLatents(store, collection, number, labelOf),
  }));
  yield* format === "neuronpedia" ? neuronpediaFiles(modules) : circuitTracerFiles(modules);

  async function* firings(number: number) {
    for await (const { examples } of storedBatches(store, collection, number)) {
      const latents = [...examples].sort(([a], [b]) => a - b);
      yield latents.map(([index, { top, bands }]) => ({
        index,
        windows: [...top, ...bands.flatMap((band) => band.examples)].map(({ context, firingPositions, firingActivations }) => ({
          context,
          positions: firingPositions,
          activations: firingActivations,
        })),
      }));
    }
  }
}
