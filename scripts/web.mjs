// The web server: the built pages and the API on one port, or with --dev the pages as they are edited.
// `npm start` starts it, with the database's address in DATABASE_URL.
import cluster from "node:cluster";
import "./start/end-with-parent.mjs";
import { processCount, serveInProcesses } from "./web/processes.mjs";
import { serve } from "./web/server.mjs";

// A full disk or a closed pipe takes no more of the log; the pages are served all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const isDev = process.argv.includes("--dev");
const count = isDev ? 1 : processCount(process.env);
if (cluster.isPrimary && count > 1) serveInProcesses(count);
else await serve({ isDev, follows: Number(process.env.STANSCOPE_WEB_FOLLOWS) });
