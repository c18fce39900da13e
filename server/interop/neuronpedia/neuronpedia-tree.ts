import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ArchiveFile } from "@/server/interop/archives/write-tar";
import {
  activationLines,
  describingLines,
  type ExportedLatent,
  explanationLine,
  featureLine,
  type NeuronpediaPlace,
} from "./neuronpedia-lines";

export type NeuronpediaModule = {
  place: NeuronpediaPlace;
  about: Parameters<typeof describingLines>[1];
  /** Its latents by ascending index, some at a time: each of them becomes a batch. */
  batches: () => AsyncIterable<readonly ExportedLatent[]>;
};

/** On a thread of its own: other requests are answered meanwhile. */
const compress = promisify(gzip);

/** Neuronpedia's export tree: `{modelId}/{sourceId}/{features,activations,explanations}/batch-N.jsonl.gz` and four describing files a module. */
export async function* neuronpediaFiles(modules: Iterable<NeuronpediaModule>): AsyncGenerator<ArchiveFile> {
  for (const { place, about, batches } of modules) {
    const folder = `${place.modelId}/${place.sourceId}`;
    for (const [name, line] of Object.entries(describingLines(place, about))) {
      yield { name: `${folder}/${name}.jsonl`, bytes: Buffer.from(jsonLines([line])) };
    }
    let batch = 0;
    for await (const latents of batches()) {
      const parts = {
        features: latents.map((latent) => featureLine(latent, place)),
        activations: latents.flatMap((latent) => activationLines(latent, place)),
        explanations: latents.flatMap((latent) => explanationLine(latent, place) ?? []),
      };
      for (const [name, lines] of Object.entries(parts)) {
        if (lines.length > 0)
          yield { name: `${folder}/${name}/batch-${batch}.jsonl.gz`, bytes: await compress(jsonLines(lines), { level: 5 }) };
      }
      batch++;
    }
  }
}

/**
 * Neuronpedia's importer blanks every \u0000 in the text of a file, also where its backslash is itself escaped, after which the line is no JSON: there
 * the backslash is written by its number.
 */
function jsonLines(lines: readonly unknown[]): string {
  const escapes = /(\\\\)(?=u0000)|\\./g;
  const rewrite = (found: string, backslash?: string) => (backslash === undefined ? found : "\\u005c");
  return lines.map((line) => `${JSON.stringify(line).replace(escapes, rewrite)}\n`).join("");
}
