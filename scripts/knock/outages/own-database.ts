import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closing } from "@/scripts/knock/closing";
import { startPostgres } from "@/scripts/postgres.mjs";

/** A PostgreSQL of the operator's own, apart from the application and its data folder. */
export class OwnDatabase {
  readonly #folder = mkdtempSync(join(tmpdir(), "stanscope-knock-database-"));
  #server: Awaited<ReturnType<typeof startPostgres>> | undefined;

  /** Starts it, on the same address each time. @returns its URL */
  async start(): Promise<string> {
    this.#server = await startPostgres(this.#folder);
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Does a campaign beside a database of its own, and removes it. */
export async function withOwnDatabase<Result>(campaign: (database: OwnDatabase, url: string) => Promise<Result>): Promise<Result> {
  const database = new OwnDatabase();
  return closing(
    () => database.remove(),
    async () => campaign(database, await database.start()),
  );
}
