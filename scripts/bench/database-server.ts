/**
 * The API routes of latents behind an HTTP server of Node's own: `node scripts/bench-database-part.mjs server`, the database in DATABASE_URL. The handlers are
 * those that the application exports, with all they do to a request; Next's own routing, which stands before them there, is left out.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { GET as getHistograms } from "@/app/api/collections/[collection]/histograms/route";
import { GET as getLatent } from "@/app/api/collections/[collection]/latents/[module]/[index]/route";
import { GET as getLatents } from "@/app/api/collections/[collection]/latents/route";

const path = /^\/api\/collections\/([^/]+)\/(histograms|latents)(?:\/([^/]+)\/([^/]+))?$/;

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  const [, collection = "", kind, module, index = ""] = path.exec(url.pathname) ?? [];
  const request = new Request(url, { headers: { host: url.host } });
  const result =
    kind === "histograms"
      ? await getHistograms(request, { params: Promise.resolve({ collection }) })
      : module === undefined
        ? await getLatents(request, { params: Promise.resolve({ collection }) })
        : await getLatent(request, { params: Promise.resolve({ collection, module: decodeURIComponent(module), index }) });
  response.writeHead(result.status, Object.fromEntries(result.headers));
  if (result.body === null) response.end();
  else await pipeline(Readable.fromWeb(result.body as NodeStream), response);
}
