import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Failure, type FailureCode, failureStatuses } from "@/lib/contract/failure";

/** What a caller did wrong, or what a job of the worker says; answered with the code's status. */
export class PortError extends Error {
  override readonly name = "PortError";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `answer` gives one JSON value, `stream` one JSON value a line; `signal` is aborted when the caller goes away. */
export type PortRoute =
  | { readonly kind: "answer"; handle(body: unknown, signal: AbortSignal): Promise<unknown> }
  | { readonly kind: "stream"; handle(body: unknown, signal: AbortSignal): AsyncIterable<unknown> };

/** Keyed by method and path: `POST /generate`. */
export type PortRoutes = Readonly<Record<string, PortRoute>>;

type PortOptions = {
  readonly host: string;
  readonly secret: string;
  readonly routes: PortRoutes;
  /** How long a stream waits for a reader that takes nothing before it is cut off, and what it holds freed; our choice. */
  readonly patienceMs?: number;
};

export type OpenPort = { readonly address: string; close(): Promise<void> };

const bodyLimitBytes = 4 << 20;

/** Opens the worker's own HTTP port on a free number of the given host; only callers that know the secret are heard. */
export async function openPort(options: PortOptions): Promise<OpenPort> {
  const server = createServer((request, response) => {
    void respond(request, response, options);
  });
  // A call into TensorFlow blocks the event loop for longer than any of Node's time limits, and a limit that has run out in the meantime closes its
  // connection under a request that has arrived and not been read. So none applies, and no connection stays open between two requests.
  server.maxRequestsPerSocket = 1;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.listen(0, options.host);
  await once(server, "listening");
  // A listening TCP server's address is an object; a string is a pipe's.
  const { port } = server.address() as AddressInfo;
  return { address: `http://${options.host}:${port}`, close: () => closeServer(server) };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { secret, routes, patienceMs = 300_000 }: PortOptions,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    if (!isAllowed(request, secret)) throw new PortError("forbidden", "The worker's secret is missing or wrong.");
    const route = routes[`${request.method} ${request.url}`];
    if (route === undefined) throw new PortError("notFound", `The worker has no ${request.method} ${request.url}.`);
    const body = request.method === "GET" ? undefined : await readBody(request);
    if (route.kind === "answer") {
      const answer = await route.handle(body, gone.signal);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
      return;
    }
    await writeLines(response, route.handle(body, gone.signal), { signal: gone.signal, patienceMs });
  } catch (error) {
    if (gone.signal.aborted) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const code = error instanceof PortError ? error.code : "internal";
    const failure: Failure = { error: { code, message: error instanceof Error ? error.message : String(error) } };
    response.writeHead(failureStatuses[code], { "content-type": "application/json" }).end(JSON.stringify(failure));
  }
}

/** Ends the iteration when the caller is gone. The first value is awaited before the head goes out, so that it can still fail with a status. */
async function writeLines(
  response: ServerResponse,
  values: AsyncIterable<unknown>,
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): Promise<void> {
  for await (const value of values) {
    if (signal.aborted) return;
    if (!response.headersSent) response.writeHead(200, { "content-type": "application/x-ndjson" });
    if (response.write(`${JSON.stringify(value)}\n`)) continue;
    await drained(response, signal, patienceMs);
  }
  response.end();
}

/**
 * Waits until the reader takes more. The timer holds what it ends: Node may collect a signal of `AbortSignal.timeout` inside `AbortSignal.any` before its time.
 *
 * @throws when the caller is gone, or takes nothing for so long
 */
async function drained(response: ServerResponse, signal: AbortSignal, patienceMs: number): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort();
  const timer = setTimeout(end, patienceMs);
  signal.addEventListener("abort", end);
  try {
    if (signal.aborted) end();
    await once(response, "drain", { signal: stop.signal });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    sizeBytes += bytes.length;
    // Read to its end all the same: a caller that is still writing would not see the answer.
    if (sizeBytes <= bodyLimitBytes) parts.push(bytes);
  }
  if (sizeBytes > bodyLimitBytes) throw new PortError("tooLarge", `The request is larger than ${bodyLimitBytes} bytes.`);
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new PortError("invalid", "The request is not JSON.");
  }
}

function isAllowed(request: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  if (server.listening) await once(server, "close");
}
