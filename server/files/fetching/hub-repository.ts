import { listFiles, modelInfo } from "@huggingface/hub";
import { FileError } from "@/server/files/file-error";
import { isJsonObject } from "@/server/files/json-file";
import type { HubAccess } from "./hub-access";

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
  const info = await modelInfo({
    name: id,
    additionalFields: ["sha", "tags", "cardData", "config"],
    ...(revision === undefined ? {} : { revision }),
    ...access,
  });
  if (!/^[0-9a-f]{40}$/.test(info.sha))
    throw new FileError("invalid", id, `the hub responded with the revision ${JSON.stringify(info.sha)}, which is not a commit`);
  const files: HubFile[] = [];
  for await (const { type, path, size, oid, lfs } of listFiles({ repo: id, revision: info.sha, ...access })) {
    if (type === "file") files.push({ path, size, ...(lfs === undefined ? { gitHash: oid ?? "" } : { sha256: lfs.oid }) });
  }
  return { id, commit: info.sha, files, ...describedBy(info) };
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
