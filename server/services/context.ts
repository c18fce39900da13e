import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { defaultCacheBytes, openStore, type Store } from "@/server/db/client";
import { type ArtefactStore, artefactStore } from "@/server/files/artefact-store";

/** What every service works with. */
export type ServiceContext = {
  store: Store;
  dataFolder: string;
  artefacts: ArtefactStore;
  /** Besides the data folder, where paths that requests name must lie; undefined where any will do. */
  folders: readonly string[] | undefined;
  version: string;
  /** Why `npm start` could not link TensorFlow; undefined where it could. */
  engineReason: string | undefined;
};

/** @throws Error saying which setting is missing */
export function openContext(environment: Readonly<Record<string, string | undefined>>): ServiceContext {
  const url = environment["DATABASE_URL"];
  if (!url) throw new Error("DATABASE_URL is not set. `npm start` sets it for the database that it starts.");
  const dataFolder = resolve(/* turbopackIgnore: true */ environment["STANSCOPE_HOME"] || ".stanscope");
  mkdirSync(dataFolder, { recursive: true });
  const processes = Number(environment["STANSCOPE_WEB_PROCESSES"]) || 1;
  return {
    store: openStore(url, { cacheBytes: Math.floor(defaultCacheBytes / processes) }),
    dataFolder,
    artefacts: artefactStore(dataFolder),
    folders: environment["STANSCOPE_FOLDERS"]?.split(":").filter((folder) => folder !== ""),
    version: environment["STANSCOPE_VERSION"] ?? "0.1.0",
    engineReason: environment["STANSCOPE_ENGINE_REASON"] || undefined,
  };
}
