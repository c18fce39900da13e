/**
 * Writes a made-up collection by COPY, as a worker does, again and again until its parent leaves: `node scripts/bench-database-part.mjs writer LAYERS WIDTH`, the database in
 * DATABASE_URL.
 */
import { openStore } from "@/server/db/client";
import { newId } from "@/server/db/new-id";
import { loadSynthetic, storeSynthetic } from "./synthetic-collection";

const [layers = 30, width = 4096] = process.argv.slice(3).map(Number);
const store = openStore(process.env["DATABASE_URL"] ?? "");
process.on("disconnect", () => process.exit(0));
const id = newId();
const shape = { layers, projections: ["q_proj", "v_proj"], width, hasExamples: true, seed: 3 };
process.send?.({ kind: "writing" });
await storeSynthetic(store, id, "being written", shape);
for (let times = 1; ; times++) {
  process.send?.({ kind: "written", times });
  await loadSynthetic(store, id, shape);
}
