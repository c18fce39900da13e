import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import type { ServiceContext } from "@/server/services/context";

/** How many rows each table has and which files there are, as one text. @param except tables that may grow */
export async function stateReader(
  { store, dataFolder }: Pick<ServiceContext, "store" | "dataFolder">,
  except: readonly string[] = [],
): Promise<() => Promise<string>> {
  const { rows } = await store.pool.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const counted = rows.filter(({ name }) => !except.includes(name));
  const counts = counted.map(({ name }) => `(SELECT count(*)::text || ' ${name}' FROM "${name}")`).join(", ");
  return async () => {
    const found = await store.pool.query<{ counts: string[] }>(`SELECT ARRAY[${counts}] AS counts`);
    // The folder of a kind of file may stay, what is in it not.
    const files = filesIn(dataFolder);
    const rowsOf = found.rows[0]?.counts.filter((count) => !count.startsWith("0 ")).join(", ");
    return `${rowsOf}; ${files.length} files (${createHash("sha256").update(files.sort().join("\n")).digest("hex").slice(0, 8)})`;
  };
}

export function filesIn(dataFolder: string): string[] {
  return readdirSync(dataFolder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("/"));
}
