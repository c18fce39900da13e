import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool } from "pg";

/**
 * A transaction on a connection of the pool, which goes back to it however the transaction ends. Drizzle's own keeps the connection for ever when BEGIN
 * fails, as it does when the server went away since the last query.
 */
export function transactIn(pool: Pool): NodePgDatabase["transaction"] {
  return async (work, config) => {
    const client = await pool.connect();
    try {
      return await drizzle(client).transaction(work, config);
    } finally {
      // The pool drops a connection that is broken.
      client.release();
    }
  };
}
