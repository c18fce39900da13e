import { InvalidApiResponseFormatError, listModels } from "@huggingface/hub";
import { supportOf } from "@/lib/contract/architectures/support-of";
import type { FoundHubModel } from "@/lib/contract/hub";
import { FileError } from "@/server/files/file-error";
import { isJsonObject } from "@/server/files/json-file";
import { hubAccess, hubProblem, isRefusal, type KeptToken } from "./hub-access";
import { readListed } from "./hub-answer";
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
    const models = await readListed(() =>
      listModels({
        ...access,
        search: { query: text },
        sort: "downloads",
        limit: mostFound,
        additionalFields: ["tags", "cardData", "config", "safetensors", "filePaths"],
      }),
    );
    return models.map((model) => {
      if (typeof model.name !== "string") throw new InvalidApiResponseFormatError("a model is listed without its id");
      const { config, ...described } = describedBy(model);
      const sizeBytes = sizeOf(model.safetensors);
      return { id: model.name, ...described, support: supportOf(config), format: formatOf(model.filePaths, sizeBytes), sizeBytes };
    });
  } catch (error) {
    if (isRefusal(error)) throw new FileError("forbidden", "search", "the hub refuses the access token; enter another one or remove it");
    throw hubProblem("search", error, access);
  }
}

function formatOf(paths: readonly unknown[], sizeBytes: number | null): FoundHubModel["format"] {
  const hasFile = (ending: string) => paths.some((path) => typeof path === "string" && path.endsWith(ending));
  if (sizeBytes !== null || hasFile(".safetensors")) return "safetensors";
  return hasFile(".gguf") ? "gguf" : null;
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
