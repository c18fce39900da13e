import { type Sample, sampleLatent } from "@/lib/contract/sample";
import { findSample } from "@/server/db/sample/insert-sample";
import { readSampleLatent } from "@/server/files/sample-folder";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { parseSampleFile, readManifest, samplePlaces } from "./sample-manifest";

type Shipped = Pick<Sample, "run" | "latent"> & { readonly version: string };
let shipped: Shipped | undefined;

/**
 * The sample that ships with Stanscope, with one latent from its files, whether or not it is open.
 *
 * @throws ServiceError where they are missing or of another version
 */
export async function getSample({ store }: ServiceContext): Promise<Sample> {
  // The files do not change while the server runs.
  shipped ??= await withFileErrors(readShipped);
  const { version, ...sample } = shipped;
  return { ...sample, runId: (await findSample(store.db, version)) ?? null };
}

function readShipped(): Shipped {
  const places = samplePlaces();
  const { version, run } = readManifest(places);
  const { name, method, modelName, dataName } = run;
  const latent = parseSampleFile(sampleLatent, readSampleLatent(places.sample), places.sample);
  return { version, run: { name, method, modelName, dataName }, latent };
}
