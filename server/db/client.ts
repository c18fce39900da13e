import type { NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import { drizzle } from "drizzle-orm/node-postgres";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { Pool } from "pg";
import { ByteCache } from "./byte-cache";
import { hideParameters } from "./hide-parameters";
import { transactIn } from "./transact";

/** What every query takes first: the database, or a transaction in it. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

export type Store = {
  db: Database;
  /** For what goes past the query builder: COPY, session locks. */
  pool: Pool;
  url: string;
  /** Columns of finished collections, and what was made of them. */
  cache: ByteCache;
  close: () => Promise<void>;
};

hideParameters();

export const defaultCacheBytes = 512 << 20;
/** How long one statement may take, ours; what loads or reads whole collections lifts it (`withClient`). */
const mostStatementMs = 60_000;

/** Opens a pool of connections; nothing is sent until the first query. */
export function openStore(url: string, options: { maxConnections?: number; cacheBytes?: number; mostStatementMs?: number } = {}): Store {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    statement_timeout: options.mostStatementMs ?? mostStatementMs,
    application_name: "stanscope",
  });
  // An idle connection that breaks is dropped by the pool; the next query opens another.
  pool.on("error", () => {});
  // A connection that breaks inside a transaction fails its next statement; an error event without a listener would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  const cache = new ByteCache(options.cacheBytes ?? defaultCacheBytes);
  const db: Database = drizzle(pool);
  db.transaction = transactIn(pool);
  return { db, pool, url, cache, close: () => pool.end() };
}

/** Thrown by `onlyRow` where a query that must answer with a row did not. */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const row = rows[0];
  if (row === undefined) throw new Error("the database answered with no row");
  return row;
}
