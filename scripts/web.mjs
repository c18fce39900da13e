// The web server's process: the built pages and the API on one port, or with --dev the pages as they are edited.
// `npm start` starts it, with the database's address in DATABASE_URL.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import "./start/end-with-parent.mjs";
import { demandedToken, isLoopback } from "./web/access.mjs";
import { isRoute, openDoor } from "./web/door.mjs";
import { listen } from "./web/listen.mjs";
import { securityHeaders } from "./web/security-headers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDev = process.argv.includes("--dev");

process.env.NODE_ENV = isDev ? "development" : "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.chdir(root);

// A full disk or a closed pipe takes no more of the log; the pages are served all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const host = process.env.STANSCOPE_HOST || "127.0.0.1";
const dataFolder = path.resolve(process.env.STANSCOPE_HOME || ".stanscope");
// Who reaches the server from another machine names paths in these folders alone (server/services/allowed-path.ts).
if (!isLoopback(host)) process.env.STANSCOPE_FOLDERS ??= "";
const refuse = openDoor({
  token: demandedToken({ host, dataFolder, chosen: process.env.STANSCOPE_TOKEN }),
  hosts: process.env.STANSCOPE_HOSTS,
});

let answer = (_request, response) => response.writeHead(503).end("Stanscope is starting.");
let upgrade = (_request, socket) => socket.destroy();
// Event streams last for hours, uploads of models for long.
const server = createServer({ requestTimeout: 0 }, (request, response) => {
  const nonce = randomBytes(16).toString("base64");
  const headers = securityHeaders({ nonce, isDev, isRoute: isRoute(request.url) });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const refused = refuse(request);
  if (refused !== undefined) return response.writeHead(refused.status, refused.headers).end(refused.body);
  // Next puts the nonce that it finds there on its own scripts, the layout the one in x-nonce on ours.
  Object.assign(request.headers, { "content-security-policy": headers["content-security-policy"], "x-nonce": nonce });
  answer(request, response);
});
server.on("upgrade", (request, socket, head) => {
  if (refuse(request) === undefined) upgrade(request, socket, head);
  else socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
});
const { port, taken } = await listen(server, { host, environment: process.env }).catch(fail);

const { default: next } = await import("next");
const app = next({ dev: isDev, dir: root, hostname: host, port, httpServer: server, customServer: true, quiet: true });
await app.prepare();
answer = app.getRequestHandler();
upgrade = app.getUpgradeHandler();

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
process.on("message", (message) => {
  if (message?.kind === "ping") process.send?.({ kind: "pong" });
});
process.send?.({ kind: "ready", port, taken });

/** Tells the starter why there is no server. */
async function fail(error) {
  process.stderr.write(`${error.message}\n`);
  await new Promise((resolve) => (process.send ? process.send({ kind: "failed", message: error.message }, resolve) : resolve()));
  process.exit(1);
}

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
  // Whatever still runs in the server would otherwise hold the process.
  setTimeout(() => process.exit(0), 500).unref();
}
