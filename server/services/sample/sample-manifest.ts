import { join } from "node:path";
import { z } from "zod";
import { dataSetSummary } from "@/lib/contract/data-set";
import { collectionSummary } from "@/lib/contract/latent";
import { modelSummary } from "@/lib/contract/model";
import { runSummary } from "@/lib/contract/run";
import { collectionSettings, storedRunConfig } from "@/lib/contract/run-config";
import { FileError } from "@/server/files/file-error";
import { readSampleManifest } from "@/server/files/sample-folder";

const instant = z.string().transform((text) => new Date(text));

/** What `sample.json` says: rows of run and collection, model and data without their places, and the columns of each table. */
export const sampleManifest = z.object({
  /** Changes with the content. */
  version: z.string().min(1),
  run: runSummary
    .pick({
      name: true,
      method: true,
      modelName: true,
      dataName: true,
      seed: true,
      step: true,
      steps: true,
      latestEvaluation: true,
      cost: true,
    })
    .extend({
      config: storedRunConfig,
      provenance: z.record(z.string(), z.string()),
      startedAt: instant.nullable(),
      finishedAt: instant.nullable(),
    }),
  collection: collectionSummary
    .pick({
      name: true,
      step: true,
      positionKind: true,
      contexts: true,
      domains: true,
      modules: true,
      numLatents: true,
      shards: true,
      seconds: true,
    })
    .extend({
      settings: collectionSettings,
      positions: z.int(),
      maxPositions: z.int(),
      k: z.int(),
      coFiringSampled: z.int(),
      probes: z.array(z.object({ context: z.int(), from: z.int(), to: z.int() })),
      trainingSteps: z.array(z.int()),
      createdAt: instant,
    }),
  model: modelSummary.omit({ id: true, path: true, createdAt: true }),
  dataSet: dataSetSummary.omit({ id: true, path: true, createdAt: true }),
  columns: z.record(z.string(), z.array(z.string())),
});
export type SampleManifest = z.infer<typeof sampleManifest>;

/** Where the sample, its model and its text are in the repository. */
export type SamplePlaces = { readonly sample: string; readonly model: string; readonly corpus: string };

const demo = () => join(/* turbopackIgnore: true */ process.cwd(), "demo");
export function samplePlaces(): SamplePlaces {
  return { sample: join(demo(), "sample"), model: join(demo(), "model"), corpus: join(demo(), "corpus") };
}

/** @throws FileError where the sample is not there or of another version */
export function readManifest({ sample }: SamplePlaces): SampleManifest {
  return parseSampleFile(sampleManifest, readSampleManifest(sample), sample);
}

/** @param folder of the sample @throws FileError where the value is not of the schema's form */
export function parseSampleFile<Schema extends z.ZodType>(schema: Schema, value: unknown, folder: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw ofOtherVersion(folder, parsed.error);
  return parsed.data;
}

export function ofOtherVersion(folder: string, cause: unknown): FileError {
  const problem = "was made for another version of Stanscope: restore this version's sample from the repository";
  return new FileError("invalid", folder, problem, { cause });
}

/** The name under which the tokens' texts are kept, among the tables. */
export const textsName = "texts";
