import { upsertModel } from "@/server/db/library/models";
import type { ServiceContext } from "@/server/services/context";

/** A model of 3 layers as the list has it; no file is read for it. */
export async function storedModel({ store }: Pick<ServiceContext, "store">, id = "m1"): Promise<string> {
  await upsertModel(store.db, {
    id,
    name: "tiny llama",
    architecture: "llama",
    format: "safetensors",
    path: "/nowhere/tiny",
    revision: `sha256:${id}`,
    parameters: 1000,
    sizeBytes: 4000,
    numLayers: 3,
    dModel: 8,
    vocab: 100,
    contextLength: 128,
    hasChatTemplate: false,
    projections: [
      { name: "q_proj", dIn: 8, dOut: 8 },
      { name: "v_proj", dIn: 8, dOut: 4 },
    ],
    defaultTargets: ["q_proj", "v_proj"],
  });
  return id;
}
