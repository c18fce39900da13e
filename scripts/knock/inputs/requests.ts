import { pathToFileURL } from "node:url";
import { endpointAreas } from "@/lib/contract/endpoints";
import { type Endpoint, type ExampleIds, exampleParts } from "@/lib/contract/endpoints/endpoint";
import { httpContext } from "@/server/http/context";
import type { ServiceContext } from "@/server/services/context";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";
import { storedModel } from "@/tests/support/stored-model";
import type { Files } from "./files";
import { mutateFile } from "./mutate-file";
import { mutateJson } from "./mutate-json";
import { type Mutation, pick } from "./mutation";
import type { Outcome } from "./outcome";
import { stateReader } from "./state";

type Handler = (request: Request, context: { params: Promise<Record<string, unknown>> }) => Promise<Response>;
type Call = {
  readonly endpoint: Endpoint;
  readonly parts: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
};

const endpoints = endpointAreas.flatMap((area) => area.endpoints);
const oddQueries: readonly string[] = [
  "",
  "-1",
  "1e9",
  "4294967296",
  "NaN",
  "xml",
  "csv",
  "\0",
  "a".repeat(5000),
  "__proto__",
  "[]",
  "🦊".repeat(200),
  "density:0..1",
  "density:1e999..",
  "((((",
  "%",
  "' OR 1=1 --",
  "../../etc",
];
const oddParts: readonly string[] = [
  "x",
  "",
  "\0",
  "..",
  "🦊".repeat(100),
  "a".repeat(5000),
  "-1",
  "4294967296",
  "1.5",
  "__proto__",
  "' OR 1=1 --",
  "%00",
  "\ud83e",
];
const oddBodies: readonly string[] = ["", "null", "[]", "{", "\ufeff{}", '"', "{}\0", "[".repeat(100_000), '{"a":'.repeat(3000)];

/** Calls the exported handlers over a database with a run and a collection. What is refused may leave no row and no file. */
export async function openRequests(uploads: readonly Files[]): Promise<(mutations: readonly Mutation[]) => Promise<Outcome>> {
  // Nothing leaves the machine, and no worker is there to answer.
  globalThis.fetch = () => Promise.reject(new TypeError("fetch failed"));
  const { services } = httpContext();
  const ids = await seededIds(services);
  const handlers = new Map<Endpoint, Handler>();
  for (const endpoint of endpoints) handlers.set(endpoint, await handlerOf(endpoint));
  const bodies = uploads.flatMap((files) => Object.entries(files));
  const state = await stateReader(services);

  return async (mutations) => {
    const endpoint = pick(endpoints, mutations[0]?.value ?? 0);
    const call = mutations.reduce(mutateCall, validCall(endpoint, ids, pick(bodies, mutations[0]?.kind ?? 0)));
    const before = await state();
    const response = await handlers.get(endpoint)?.(requestOf(call), { params: Promise.resolve(call.parts) });
    if (response === undefined) throw new Error(`no handler of ${endpoint.path}`);
    const text = await beginningOf(response);
    const said = `${endpoint.method} ${endpoint.path} answers ${response.status}: ${text.slice(0, 300)}`;
    if (response.status === 500) return { kind: "fault", message: said };
    if (response.status < 400) return { kind: "read" };
    if (!/"message":"(?:[^"\\]|\\.){8,}/.test(text)) return { kind: "fault", message: `no message: ${said}` };
    const after = await state();
    return after === before
      ? { kind: "refused", message: said }
      : { kind: "fault", message: `${said}; left behind: ${before} became ${after}` };
  };
}

async function seededIds(services: ServiceContext): Promise<ExampleIds> {
  const model = await storedModel(services);
  const { id: collection, runId: run } = await storedCollection(services.store, [latentInput(0, 0, 40), latentInput(0, 1, 9)]);
  const others = Object.fromEntries(exampleParts.map((part) => [part, "x"]));
  return { ...others, run, chatRun: run, collection, module: "model.layers.0.q_proj", index: "0", context: "0", model } as ExampleIds;
}

async function handlerOf({ method, path }: Endpoint): Promise<Handler> {
  const file = `app${path.replace(/\{(\w+)\}/g, "[$1]")}/route.ts`;
  const module: Record<string, Handler> = await import(pathToFileURL(file).href);
  const handler = module[method];
  if (handler === undefined) throw new Error(`${file} has no ${method}`);
  return handler;
}

function validCall(endpoint: Endpoint, ids: ExampleIds, [uploadName, upload]: readonly [string, Buffer]): Call {
  const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  // What a case removes would be missing in the next.
  const parts = Object.fromEntries(names.map((name) => [name, endpoint.method === "DELETE" ? "x" : ids[name as keyof ExampleIds]]));
  const { body } = endpoint;
  if (body?.kind === "json") return { endpoint, parts, query: {}, body: Buffer.from(JSON.stringify(body.example(ids))) };
  return { endpoint, parts, query: body === undefined ? {} : { name: uploadName }, body: body && upload };
}

function mutateCall(call: Call, mutation: Mutation): Call {
  const { kind, value, size, at } = mutation;
  const names = Object.keys(call.endpoint.query?.shape ?? {});
  const parts = Object.keys(call.parts);
  if (size % 4 === 0 && names.length > 0) return { ...call, query: { ...call.query, [pick(names, kind)]: pick(oddQueries, value) } };
  if (size % 4 === 1 && parts.length > 0) return { ...call, parts: { ...call.parts, [pick(parts, kind)]: pick(oddParts, value) } };
  if (call.body === undefined) return call;
  if (call.endpoint.body?.kind === "file") return { ...call, body: mutateFile(call.query["name"] ?? "", call.body, mutation) };
  if (size % 16 === 2) return { ...call, body: Buffer.from(pick(oddBodies, value)) };
  const changed = mutateJson(call.body.toString("utf8"), { ...mutation, at });
  return { ...call, body: changed === undefined ? call.body : Buffer.from(changed) };
}

function requestOf({ endpoint, parts, query, body }: Call): Request {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((parts[name] ?? "").replace(/\p{Surrogate}/gu, "x")),
  );
  const url = new URL(`http://127.0.0.1:3000${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = { host: "127.0.0.1:3000", "content-type": "application/json" };
  return new Request(url, {
    method: endpoint.method,
    headers,
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    signal: AbortSignal.timeout(30_000),
  });
}

/** An event stream has no end, and may have no beginning either: what comes at once is enough. */
async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const isStream = /event-stream|ndjson/.test(response.headers.get("content-type") ?? "");
  let text = "";
  for (;;) {
    const { done, value } = await (isStream ? Promise.race([reader.read(), atOnce()]) : reader.read());
    if (done) {
      if (isStream) await reader.cancel();
      return text;
    }
    if (text.length < 2000) text += Buffer.from(value ?? []).toString("utf8");
  }
}

async function atOnce(): Promise<{ done: true; value: undefined }> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { done: true, value: undefined };
}
