import { originalContext } from "@/lib/contract/architectures/long-context";
import { parseAnyConfig } from "@/lib/contract/architectures/parse-any-config";
import { isDiffusion, type ModelContext } from "@/lib/contract/model";
import { readModel } from "@/server/db/library/models";
import { FileError } from "@/server/files/file-error";
import { readCheckpointConfig } from "@/server/files/weights/checkpoint-folder";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** How far a model read before its positions were scaled, from its own files; nothing is known once they are gone, and a run then says so. */
export async function getModelContext({ store }: ServiceContext, modelId: string): Promise<ModelContext> {
  const model = found(await readModel(store.db, modelId), "such model");
  if (isDiffusion(model)) return { original: null };
  try {
    const config = parseAnyConfig(readCheckpointConfig(model.path));
    const text = "text" in config ? config.text : config;
    return { original: "blocks" in text ? originalContext(text) : null };
  } catch (error) {
    if (error instanceof FileError) return { original: null };
    throw error;
  }
}
