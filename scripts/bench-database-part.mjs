// A process of `npm run bench -- --database` beside the one that measures: `node scripts/bench-database-part.mjs server|writer`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript(`scripts/bench/database-${process.argv[2] === "writer" ? "writer" : "server"}.ts`);
