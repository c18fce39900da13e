import { InvalidApiResponseFormatError, listFiles, modelInfo } from "@huggingface/hub";
import { FileError } from "@/server/files/file-error";
import { isJsonObject } from "@/server/files/json-file";
import type { HubAccess } from "./hub-access";
import { readAnswer, readListed } from "./hub-answer";

/** A file of a hub repository with the hash that the hub keeps of it: SHA-256 of large files, git's blob hash of the others. */
export type HubFile = { path: string; size: number; sha256?: string; gitHash?: string };

export type HubRepository = {
  id: string;
  commit: string;
  licence: string | null;
  downloads: number;
  isGated: boolean;
  /** What the hub itself read of `config.json`. */
  config: Record<string, unknown>;
  /** Those at the top. */
  files: HubFile[];
};

/** A model's description and list of files at one commit; of a gated model the hub tells these to everybody. */
export async function readRepository(id: string, revision: string | undefined, access: HubAccess): Promise<HubRepository> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(id) || id.split("/").some((part) => /^\.+$/.test(part))) {
    throw new FileError("invalid", id, "is not a hub id; expected owner/name");
  }
  const info = await readAnswer(() =>
    modelInfo({
      name: id,
      additionalFields: ["sha", "tags", "cardData", "config"],
      ...(revision === undefined ? {} : { revision }),
      ...access,
    }),
  );
  if (!/^[0-9a-f]{40}$/.test(info.sha))
    throw new FileError("invalid", id, `the hub responded with the revision ${JSON.stringify(info.sha)}, which is not a commit`);
  const listed = await readListed(() => listFiles({ repo: id, revision: info.sha, ...access }));
  return { id, commit: info.sha, files: listed.flatMap(fileOf), ...describedBy(info) };
}

/** None for a folder. @throws InvalidApiResponseFormatError for what no hub lists */
function fileOf(entry: unknown): HubFile[] {
  const { type, path, size, oid, lfs }: Record<string, unknown> = isJsonObject(entry) ? entry : {};
  if (type === "directory") return [];
  const hash = isJsonObject(lfs) ? lfs["oid"] : oid;
  if (typeof path !== "string" || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || typeof hash !== "string")
    throw new InvalidApiResponseFormatError("a file is listed without its path, size or hash");
  return [{ path, size, ...(isJsonObject(lfs) ? { sha256: hash } : { gitHash: hash }) }];
}

type Described = { tags?: unknown; cardData?: unknown; config?: unknown; downloads?: unknown; gated?: unknown };

/** What the hub says of a model, as far as it says it. */
export function describedBy({ tags, cardData, config, downloads, gated }: Described) {
  return {
    licence: licenceOf(tags, cardData),
    downloads: typeof downloads === "number" ? Math.max(0, Math.trunc(downloads)) : 0,
    isGated: gated !== undefined && gated !== null && gated !== false,
    config: isJsonObject(config) ? config : {},
  };
}

/** The card's own name of a licence that is none of the hub's list, else the hub's. */
function licenceOf(tags: unknown, cardData: unknown): string | null {
  const card = isJsonObject(cardData) ? cardData : {};
  if (typeof card["license_name"] === "string") return card["license_name"];
  if (typeof card["license"] === "string") return card["license"];
  const tag = Array.isArray(tags) ? tags.find((one) => typeof one === "string" && one.startsWith("license:")) : undefined;
  return typeof tag === "string" ? tag.slice("license:".length) : null;
}
