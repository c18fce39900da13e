import { type Sample, sampleLatent } from "@/lib/contract/sample";
import { findSample } from "@/server/db/sample/insert-sample";
import { readSampleLatent } from "@/server/files/sample-folder";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { readManifest, samplePlaces } from "./sample-manifest";

type Shipped = Pick<Sample, "run" | "latent"> & { readonly version: string };
let shipped: Shipped | undefined;

/** The sample that ships with Stanscope, with one latent from its files, whether or not it is open. @throws ServiceError where they are missing */
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
  return { version, run: { name, method, modelName, dataName }, latent: sampleLatent.parse(readSampleLatent(places.sample)) };
}
