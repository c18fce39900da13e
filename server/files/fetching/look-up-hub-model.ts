import { downloadFile } from "@huggingface/hub";
import { parseAnyConfig } from "@/lib/contract/architectures/parse-any-config";
import { supportOf } from "@/lib/contract/architectures/support-of";
import type { HubModel, HubSupport } from "@/lib/contract/hub";
import { isJsonObject } from "@/server/files/json-file";
import { PIPELINE } from "@/server/files/weights/diffusion-layout";
import { isReadGguf } from "@/server/files/weights/gguf-config";
import { type HubAccess, hubAccess, hubPage, hubProblem, isRefusal, type KeptToken } from "./hub-access";
import { choicesOf } from "./hub-files";
import { hubGgufArchitecture } from "./hub-gguf";
import { type HubRepository, readRepository } from "./hub-repository";

/** A configuration has a few kilobytes; of a larger one nothing is read. Our choice. */
const largestConfigBytes = 1 << 20;

type Judged = Pick<HubModel, "support" | "isReadable" | "problem">;

/**
 * What a person should know of a model before it is fetched: its licence, the sizes of what can be fetched, whether it can be read and run.
 *
 * @throws FileError when the hub cannot be reached or has no such model
 */
export async function lookUpHubModel(
  id: string,
  { revision, token, signal }: { revision?: string | undefined; token: KeptToken; signal: AbortSignal },
): Promise<Omit<HubModel, "freeBytes">> {
  const access = hubAccess(token, signal);
  try {
    const repository = await readRepository(id, revision, access);
    const { commit, licence, downloads, isGated } = repository;
    const { choices, problem } = choicesOf(id, repository.files);
    const judged = await judge(repository, choices.find(({ file }) => file !== null)?.file ?? null, access);
    return { id, commit, licence, downloads, isGated, page: hubPage(id), choices, ...judged, problem: judged.problem ?? problem };
  } catch (error) {
    throw hubProblem(id, error, access);
  }
}

/** By its configuration, or else by the head of a GGUF file; a gated model that cannot be read, by what the hub says of it. */
async function judge(repository: HubRepository, gguf: string | null, access: HubAccess): Promise<Judged> {
  const { id, commit, files } = repository;
  if (files.some(({ path }) => path === PIPELINE)) return { support: supportOf({}), isReadable: true, problem: diffusionProblem(id) };
  const config = files.find(({ path }) => path === "config.json");
  try {
    if (config !== undefined && config.size <= largestConfigBytes) return judgeConfig(await readConfig(repository, access));
    const name = gguf === null ? undefined : await hubGgufArchitecture(id, commit, gguf, access);
    return { support: name === undefined ? supportOf({}) : ggufSupport(name), isReadable: true, problem: null };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { support: supportOf(repository.config), isReadable: false, problem: null };
  }
}

/** Its files lie in folders, and which of them are needed the hub does not say. */
function diffusionProblem(id: string): string {
  return `${id} is a diffusion model, which is not fetched from here: download it (transformer, scheduler and ${PIPELINE}) and add its folder by its path`;
}

async function readConfig({ id, commit }: HubRepository, access: HubAccess): Promise<Record<string, unknown> | undefined> {
  const blob = await downloadFile({ repo: id, revision: commit, path: "config.json", xet: false, ...access });
  try {
    const config: unknown = JSON.parse((await blob?.text()) ?? "");
    return isJsonObject(config) ? config : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function judgeConfig(config: Record<string, unknown> | undefined): Judged {
  if (config === undefined) return { support: supportOf({}), isReadable: true, problem: "config.json holds no JSON object" };
  return { support: supportOf(config), isReadable: true, problem: refusalOf(config) };
}

function refusalOf(config: Record<string, unknown>): string | null {
  try {
    parseAnyConfig(config);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param name as GGUF has it */
function ggufSupport(name: string): HubSupport {
  return isReadGguf(name) ? { architecture: name, isSupported: true, nearest: null, missing: [] } : supportOf({ model_type: name });
}
