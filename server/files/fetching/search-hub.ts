import { listModels } from "@huggingface/hub";
import { supportOf } from "@/lib/contract/architectures/support-of";
import type { FoundHubModel } from "@/lib/contract/hub";
import { FileError } from "@/server/files/file-error";
import { isJsonObject } from "@/server/files/json-file";
import { hubAccess, hubProblem, isRefusal, type KeptToken } from "./hub-access";
import { describedBy } from "./hub-repository";

/** How many models a search shows. Our choice. */
const mostFound = 10;

/**
 * The most downloaded models on the hub whose names contain a text.
 *
 * @throws FileError when the hub cannot be reached
 */
export async function searchHub(text: string, token: KeptToken, signal: AbortSignal): Promise<FoundHubModel[]> {
  const access = hubAccess(token, signal);
  try {
    const found: FoundHubModel[] = [];
    const models = listModels({
      ...access,
      search: { query: text },
      sort: "downloads",
      limit: mostFound,
      additionalFields: ["tags", "cardData", "config", "safetensors", "filePaths"],
    });
    for await (const model of models) {
      const { config, ...described } = describedBy(model);
      const sizeBytes = sizeOf(model.safetensors);
      found.push({ id: model.name, ...described, support: supportOf(config), format: formatOf(model.filePaths, sizeBytes), sizeBytes });
    }
    return found;
  } catch (error) {
    if (isRefusal(error)) throw new FileError("forbidden", "search", "the hub refuses the access token; enter another one or remove it");
    throw hubProblem("search", error, access);
  }
}

function formatOf(paths: readonly string[], sizeBytes: number | null): FoundHubModel["format"] {
  if (sizeBytes !== null || paths.some((path) => path.endsWith(".safetensors"))) return "safetensors";
  return paths.some((path) => path.endsWith(".gguf")) ? "gguf" : null;
}

/** Bytes of the parameters that the hub counted, by their types (`BF16`, `F8_E4M3`). */
function sizeOf(counted: unknown): number | null {
  if (!isJsonObject(counted) || !isJsonObject(counted["parameters"])) return null;
  let bits = 0;
  for (const [type, count] of Object.entries(counted["parameters"])) {
    const [, width] = /^[A-Z]+(\d+)/.exec(type) ?? [];
    if (typeof count !== "number") return null;
    bits += count * (width === undefined ? 8 : Number(width));
  }
  return Math.round(bits / 8);
}
