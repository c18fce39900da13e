import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type FakeHub = {
  url: string;
  /** Paths asked for, with their byte ranges. */
  requests: string[];
  /** What came with each request to the hub itself, and to the other host that it redirects to: the path, and the token. */
  seen: { host: "hub" | "elsewhere"; path: string; authorization: string | undefined }[];
  /** Answers requests for files with these statuses first, one each. */
  failures: number[];
  /** Ends a file's connection after so many bytes, once for each entry. */
  breakAfter: number[];
  /** Sent instead of a file's true bytes. */
  damaged: Map<string, Buffer>;
  /** Listed instead of a file's true size. */
  sizes: Map<string, number>;
  /** How long each file waits before its first byte. */
  delayMs: number;
  /** What the hub says of its model besides its name and commit. */
  about: Record<string, unknown>;
  /** What a search finds; all of them, whatever is asked. */
  found: Record<string, unknown>[];
  /** Files are given to whoever sends this token; to everybody while null. */
  token: string | null;
  /** Large files are sent by another host, as the hub has them on its storage. */
  isElsewhere: boolean;
  close(): void;
};

/** A hub on this machine with one model at one commit; files over 1000 bytes are large files, as on the hub. */
export async function serveHub(id: string, commit: string, files: Readonly<Record<string, Buffer | string>>): Promise<FakeHub> {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const hub: FakeHub = {
    ...{
      url: "",
      requests: [],
      seen: [],
      failures: [],
      breakAfter: [],
      damaged: new Map(),
      sizes: new Map(),
      delayMs: 0,
      about: {},
      found: [],
    },
    ...{ token: null, isElsewhere: false, close },
  };
  const send = (request: IncomingMessage, response: ServerResponse, file: string): void => {
    const content = hub.damaged.get(file) ?? contents.get(file) ?? Buffer.alloc(0);
    if (hub.delayMs === 0) sendFile(hub, request, response, file, content);
    else setTimeout(() => sendFile(hub, request, response, file, content), hub.delayMs);
  };
  const storage = createServer((request, response) => {
    note(hub, "elsewhere", request);
    // Of what comes by this the hub's library asks again at the same address, without the hub.
    response.setHeader("x-cache", "Hit from cloudfront");
    send(request, response, decodeURIComponent((request.url ?? "/").slice(1)));
  });
  const server = createServer((request, response) => {
    note(hub, "hub", request);
    const url = new URL(request.url ?? "/", "http://hub");
    const file = url.pathname.startsWith(`/${id}/resolve/${commit}/`) ? url.pathname.split("/").at(-1) : undefined;
    if (url.pathname.startsWith(`/api/models/${id}/revision/`)) json(response, { _id: "1", id, sha: commit, ...hub.about });
    else if (url.pathname === "/api/models") json(response, hub.found.slice(0, Number(url.searchParams.get("limit"))));
    else if (url.pathname === `/api/models/${id}/tree/${commit}`)
      json(
        response,
        [...contents].map(([path, content]) => entry(path, content, hub.sizes.get(path) ?? content.length)),
      );
    else if (file === undefined || !contents.has(file)) response.writeHead(404).end();
    else if (hub.token !== null && request.headers.authorization !== `Bearer ${hub.token}`) refuse(request, response);
    else if (hub.failures.length > 0) response.writeHead(hub.failures.shift() ?? 500).end();
    else if (hub.isElsewhere && isLarge(contents.get(file))) response.writeHead(302, { location: `${addressOf(storage)}/${file}` }).end();
    else send(request, response, file);
  });
  await Promise.all([server, storage].map((one) => new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve))));
  hub.url = addressOf(server);
  return hub;

  function close(): void {
    for (const one of [server, storage]) {
      one.closeAllConnections();
      one.close();
    }
  }
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function note(hub: FakeHub, host: FakeHub["seen"][number]["host"], { url = "/", headers }: IncomingMessage): void {
  hub.seen.push({ host, path: url, authorization: headers.authorization });
}

/** As the hub refuses a gated model: 401 without a token, 403 with one of somebody who has not accepted the licence. */
function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(headers.authorization === undefined ? 401 : 403, { "x-error-code": "GatedRepo" }).end("Access is restricted.");
}

function isLarge(content: Buffer | undefined): boolean {
  return content !== undefined && content.length > 1000;
}

function entry(path: string, content: Buffer, size: number): unknown {
  const gitHash = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  const large = { oid: createHash("sha256").update(content).digest("hex"), size: content.length, pointerSize: 130 };
  return { type: "file", path, size, oid: gitHash, ...(isLarge(content) ? { lfs: large } : {}) };
}

function sendFile(hub: FakeHub, request: IncomingMessage, response: ServerResponse, path: string, content: Buffer): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from ?? 0);
  const end = to === undefined ? content.length : Math.min(Number(to) + 1, content.length);
  const isProbe = from === "0" && to === "0";
  if (!isProbe) hub.requests.push(`${path} ${start}-${end}`);
  const headers = { etag: '"1"', "content-length": end - start };
  if (from === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${end - 1}/${content.length}` });
  const limit = isProbe || !isLarge(content) ? undefined : hub.breakAfter.shift();
  if (limit === undefined) response.end(content.subarray(start, end));
  else response.write(content.subarray(start, start + limit), () => setTimeout(() => response.destroy(), 20));
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
