import { migrate } from "@/server/db/migrate";
import { forgetLeases, forgetWorker } from "@/server/db/work/dead-workers";
import { artefactStore } from "@/server/files/artefact-store";

/**
 * Brings the database's tables to their present form, and clears what a start that was killed left.
 *
 * @param ownFolder the data folder of a database of our own; absent where others may work in the database too
 */
export async function prepareTables(databaseUrl: string, ownFolder: string | undefined): Promise<{ forgetWorker: typeof forgetWorker }> {
  await migrate(databaseUrl);
  if (ownFolder !== undefined) {
    // Our own database was down until now: who held work then has lost it. Nor does another machine write into our folder.
    await forgetLeases(databaseUrl);
    artefactStore(ownFolder).removeLeftovers();
  }
  return { forgetWorker };
}
