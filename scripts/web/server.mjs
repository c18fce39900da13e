import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { answerParent } from "../start/watch-answers.mjs";
import { demandedToken, isLoopback } from "./access.mjs";
import { isEmbed, isRoute, openDoor } from "./door.mjs";
import { listen } from "./listen.mjs";
import { renewConnections } from "./renew-connections.mjs";
import { securityHeaders } from "./security-headers.mjs";

/** Age after which a connection ends with its next answer; our choice. */
const connectionMs = 5000;

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Answers requests in this process until it is told to end. It tells its parent `{ kind: "ready", port, taken }`, or `{ kind: "failed", message }` and
 * ends.
 *
 * @param {{ isDev: boolean, follows: number }} options `follows`: a port on which another process answers already; this one then listens once it can
 *   answer. 0 or NaN: none
 */
export async function serve({ isDev, follows }) {
  process.env.NODE_ENV = isDev ? "development" : "production";
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  process.chdir(root);
  const host = process.env.STANSCOPE_HOST || "127.0.0.1";
  const door = makeServer({ host, isDev });
  const open = () => listen(door.server, { host, environment: process.env }).catch(fail);
  const { port, taken } = follows ? { port: follows } : await open();

  const { default: next } = await import("next");
  const app = next({ dev: isDev, dir: root, hostname: host, port, httpServer: door.server, customServer: true, quiet: true });
  await app.prepare();
  door.answer = app.getRequestHandler();
  door.upgrade = app.getUpgradeHandler();
  if (follows) await open();

  const stop = () => {
    door.server.close(() => process.exit(0));
    door.server.closeAllConnections();
    // Whatever still runs in the server would otherwise hold the process.
    setTimeout(() => process.exit(0), 500).unref();
  };
  for (const end of ["SIGTERM", "SIGINT", "disconnect"]) process.on(end, stop);
  answerParent();
  process.send?.({ kind: "ready", port, taken });
}

/** A server that refuses whom it must and answers others by `answer` and `upgrade`, which are set once there is something to say. */
function makeServer({ host, isDev }) {
  const dataFolder = path.resolve(process.env.STANSCOPE_HOME || ".stanscope");
  // Who reaches the server from another machine names paths in these folders alone (server/services/allowed-path.ts).
  if (!isLoopback(host)) process.env.STANSCOPE_FOLDERS ??= "";
  const refuse = openDoor({
    token: demandedToken({ host, dataFolder, chosen: process.env.STANSCOPE_TOKEN }),
    hosts: process.env.STANSCOPE_HOSTS,
  });
  // Event streams last for hours, uploads of models for long.
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    const nonce = randomBytes(16).toString("base64");
    const refused = refuse(request);
    // A page that asks for the token is shown in no frame.
    const isFramed = refused === undefined && isEmbed(request.url);
    const headers = securityHeaders({ nonce, isDev, isRoute: isRoute(request.url), isEmbed: isFramed });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (refused !== undefined) return response.writeHead(refused.status, refused.headers).end(refused.body);
    // Next puts the nonce that it finds there on its own scripts, the layout the one in x-nonce on ours; an embed is drawn without the bar.
    Object.assign(request.headers, {
      "content-security-policy": headers["content-security-policy"],
      "x-nonce": nonce,
      "x-embed": isFramed ? "1" : "0",
    });
    door.answer(request, response);
  });
  renewConnections(server, connectionMs);
  server.on("upgrade", (request, socket, head) => {
    if (refuse(request) === undefined) door.upgrade(request, socket, head);
    else socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
  });
  const door = {
    server,
    answer: (_request, response) => response.writeHead(503).end("Stanscope is starting."),
    upgrade: (_request, socket) => socket.destroy(),
  };
  return door;
}

/** Tells the starter why there is no server. */
async function fail(error) {
  process.stderr.write(`${error.message}\n`);
  await new Promise((resolve) => (process.send ? process.send({ kind: "failed", message: error.message }, resolve) : resolve()));
  process.exit(1);
}
