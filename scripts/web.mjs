// The web server's process: the built pages and the API on one port, or with --dev the pages as they are edited.
// `npm start` starts it, with the database's address in DATABASE_URL.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDev = process.argv.includes("--dev");
const mostPorts = 100;
/** Others, as TRACE, are none that Next can read. */
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

process.env.NODE_ENV = isDev ? "development" : "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.chdir(root);

// A full disk or a closed pipe takes no more of the log; the pages are served all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const host = process.env.STANSCOPE_HOST || "127.0.0.1";
const wanted = Number(process.env.STANSCOPE_PORT || 3000);

let answer = (_request, response) => response.writeHead(503).end("Stanscope is starting.");
let upgrade = (_request, socket) => socket.destroy();
// Event streams last for hours, uploads of models for long.
const server = createServer({ requestTimeout: 0 }, (request, response) => answer(request, response));
server.on("upgrade", (request, socket, head) => upgrade(request, socket, head));
const port = await listen();

const { default: next } = await import("next");
const app = next({ dev: isDev, dir: root, hostname: host, port, httpServer: server, customServer: true, quiet: true });
await app.prepare();
const pages = app.getRequestHandler();
answer = (request, response) => {
  if (!methods.includes(request.method)) return response.writeHead(405, { allow: methods.join(", ") }).end();
  return isReadable(request.url) ? pages(request, response) : response.writeHead(400).end("The address is damaged.");
};
upgrade = app.getUpgradeHandler();

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
process.send?.({ kind: "ready", port, wanted });

/** Whether every escape in an address stands for a character; Next would answer with an error of its own. */
function isReadable(address) {
  try {
    return typeof decodeURIComponent(address.split("?", 1)[0]) === "string";
  } catch {
    return false;
  }
}

/** Takes the wanted port, or the next free one. */
async function listen() {
  for (let port = wanted; ; port++) {
    const error = await new Promise((resolve) => {
      server.once("error", resolve);
      server.listen(port, host, () => {
        server.off("error", resolve);
        resolve(undefined);
      });
    });
    if (error === undefined) return port;
    if (error.code !== "EADDRINUSE" || port >= wanted + mostPorts) throw error;
  }
}

function stop() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
  // Whatever still runs in the server would otherwise hold the process.
  setTimeout(() => process.exit(0), 500).unref();
}
