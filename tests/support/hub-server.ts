import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type FakeHub = {
  url: string;
  /** Paths asked for, with their byte ranges. */
  requests: string[];
  /** Ends a file's connection after so many bytes, once for each entry. */
  breakAfter: number[];
  /** Sent instead of a file's true bytes. */
  damaged: Map<string, Buffer>;
  /** How long each file waits before its first byte. */
  delayMs: number;
  close(): void;
};

/** A hub on this machine with one model at one commit; files over 1000 bytes are large files, as on the hub. */
export async function serveHub(id: string, commit: string, files: Readonly<Record<string, Buffer | string>>): Promise<FakeHub> {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const hub: FakeHub = { url: "", requests: [], breakAfter: [], damaged: new Map(), delayMs: 0, close };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://hub");
    const file = url.pathname.startsWith(`/${id}/resolve/${commit}/`) ? url.pathname.split("/").at(-1) : undefined;
    if (url.pathname.startsWith(`/api/models/${id}/revision/`)) json(response, { _id: "1", id, sha: commit });
    else if (url.pathname === `/api/models/${id}/tree/${commit}`)
      json(
        response,
        [...contents].map(([path, content]) => entry(path, content)),
      );
    else if (file !== undefined && contents.has(file)) {
      const content = hub.damaged.get(file) ?? contents.get(file) ?? Buffer.alloc(0);
      if (hub.delayMs === 0) sendFile(hub, request, response, file, content);
      else setTimeout(() => sendFile(hub, request, response, file, content), hub.delayMs);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;

  function close(): void {
    server.closeAllConnections();
    server.close();
  }
}

function entry(path: string, content: Buffer): unknown {
  const gitHash = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  const large = { oid: createHash("sha256").update(content).digest("hex"), size: content.length, pointerSize: 130 };
  return { type: "file", path, size: content.length, oid: gitHash, ...(content.length > 1000 ? { lfs: large } : {}) };
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
  const limit = isProbe || content.length <= 1000 ? undefined : hub.breakAfter.shift();
  if (limit === undefined) response.end(content.subarray(start, end));
  else response.write(content.subarray(start, start + limit), () => setTimeout(() => response.destroy(), 20));
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
