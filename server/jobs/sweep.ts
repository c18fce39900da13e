import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@/server/db/client";
import { dropCollection, dropLoad, listLeftLoads } from "@/server/db/latents/load-collection";
import { dropIdleRows } from "@/server/db/work/drop-idle-rows";
import { listHalfImported, type Owners, readOwners } from "@/server/db/work/owners";
import { forgetOldKeys } from "@/server/db/work/started-requests";
import { whileSweeping } from "@/server/db/work/sweep-lock";
import { deleteDeadWorkers } from "@/server/db/work/workers";
import { artefactStore } from "@/server/files/artefact-store";
import { lastChange } from "@/server/files/last-change";
import { ownedKey } from "@/server/files/owned-key";

const hourMs = 3_600_000;
/** Another server may write into the same folder before it names a file in the database: what changed so lately stays. Ours. */
const patienceMs = hourMs;
/** An interrupted download is resumed when it is requested again. Our choice. */
const modelPatienceMs = 24 * hourMs;

const kinds = ["runs", "collections", "models", "data", "dictionaries", "imports"] as const;
type Kind = (typeof kinds)[number];

/**
 * Removes what killed processes left: files under temporary names; uploads, imports, runs and shards that no row and no unfinished job names; imported
 * dictionaries that nobody finishes; tables of collections that failed or were cancelled; rows of dead workers, of ended collections' shards, of idle leases and
 * of old idempotency keys. One worker sweeps at a time.
 *
 * @param options.now milliseconds since 1970
 */
export async function sweep({ store, dataFolder }: { store: Store; dataFolder: string }, { now }: { now: number }): Promise<void> {
  await whileSweeping(store.db, async () => {
    for (const id of await listHalfImported(store.db)) await dropCollection(store, id);
    for (const id of await listLeftLoads(store)) await dropLoad(store, id);
    await deleteDeadWorkers(store.db);
    await dropIdleRows(store.db);
    await forgetOldKeys(store.db);
    // The files are listed first: whoever names one in the database meanwhile is seen.
    const found = kinds.flatMap((kind) => entriesOf(dataFolder, kind));
    const owners = await readOwners(store.db);
    for (const entry of found) {
      const path = join(dataFolder, entry.kind, entry.name);
      const isOld = now - lastChange(path) > (entry.kind === "models" ? modelPatienceMs : patienceMs);
      if (isOld && !isOwned(entry, owners, dataFolder)) rmSync(path, { recursive: true, force: true });
    }
    artefactStore(dataFolder).removeLeftovers(now - patienceMs);
  });
}

type Entry = { readonly kind: Kind; readonly name: string };

function entriesOf(dataFolder: string, kind: Kind): Entry[] {
  const folder = join(dataFolder, kind);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  // Temporary names are removed by their writers.
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => ({ kind, name }));
}

function isOwned({ kind, name }: Entry, owners: Owners, dataFolder: string): boolean {
  if (kind === "runs" && owners.runIds.has(name)) return true;
  if (kind === "collections" && owners.collectionIds.has(name)) return true;
  if (owners.paths.some((path) => ownedKey(dataFolder, path) === `${kind}/${name}`)) return true;
  return owners.tasks.some((task) => task.includes(name));
}
