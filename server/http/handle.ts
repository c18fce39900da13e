import { z } from "zod";
import { type EndpointKey, type EndpointOf, endpointOf } from "@/lib/contract/endpoints";
import type { Endpoint } from "@/lib/contract/endpoints/endpoint";
import { issueReason } from "@/lib/contract/issue-reason";
import { ServiceError } from "@/server/services/errors";
import { type HttpContext, httpContext } from "./context";
import { failureResponse } from "./failures";
import { drain, readStream } from "./request-stream";
import { demandSound, parseSoundJson } from "./sound-request";
import { startOnce, type Upload, uploadOf } from "./start-once";

type Refuse = (error: unknown) => Response;
type Call<Params> = HttpContext & { request: Request; params: Params };
type RouteContext<Params> = { params: Promise<Params> };
type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [key in Name]: string } & PathParams<Rest>
  : unknown;
type Params<Key extends EndpointKey> = PathParams<EndpointOf<Key>["path"]>;
type Query<Key extends EndpointKey> =
  EndpointOf<Key> extends { readonly query: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;
type UploadOf<Key extends EndpointKey> = EndpointOf<Key> extends { readonly body: { readonly kind: "file" } } ? Upload : undefined;
type Nothing = ReturnType<() => void>;
type AnswerValue<Kind> = Kind extends { readonly kind: "json"; readonly schema: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : Kind extends { readonly kind: "none" }
    ? Nothing
    : Response;
/** What the endpoint's entry says that its route reads and answers with. */
export type Work<Key extends EndpointKey> = (
  call: Call<Params<Key>> & { query: Query<Key>; upload: UploadOf<Key> },
) => Promise<AnswerValue<EndpointOf<Key>["answers"][number]>>;

const largestBodyBytes = 4 << 20;

/** A route's handler: reads the query that its endpoint has, does the work, once where it starts some, and answers as `answering` does. */
export function handle<Key extends EndpointKey>(key: Key, work: Work<Key>, refuse?: Refuse) {
  const { path, query: schema, body, startsWork }: Endpoint = endpointOf(key);
  const isUpload = body?.kind === "file";
  return answering<Params<Key>>(async (call) => {
    const { searchParams } = new URL(call.request.url);
    // Clients of OpenAI's API may send parameters of their own.
    if (path.startsWith("/api/")) demandKnown(Object.keys(schema?.shape ?? {}), searchParams);
    const query = schema === undefined ? undefined : readQuery(schema, searchParams);
    // The key chose both the schema and the type.
    const given = { ...call, query: query as Query<Key>, upload: (isUpload ? uploadOf(call) : undefined) as UploadOf<Key> };
    return startsWork === true && !isUpload ? startOnce(given, await readBytes(call.request), work) : work(given);
  }, refuse);
}

/**
 * Does the work and answers with what it gives as JSON (a `Response` as it is), or with the failure in the form that `refuse` has. Who may call is decided
 * before, at the door (`scripts/web/door.mjs`).
 */
export function answering<Params>(work: (call: Call<Params>) => Promise<unknown>, refuse: Refuse = failureResponse) {
  return async (request: Request, { params }: RouteContext<Params>): Promise<Response> => {
    try {
      const given = await params;
      demandSound({ ...given, ...Object.fromEntries(new URL(request.url).searchParams) });
      const answer = await work({ ...httpContext(), request, params: given });
      if (answer instanceof Response) return answer;
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      return refuse(error);
    } finally {
      // The answer is on its way meanwhile.
      void drain(request);
    }
  };
}

/** A request's JSON body. @throws ServiceError when it is too large, no JSON or of another form */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const bytes = await readBytes(request);
  return parseRequest(schema, bytes.byteLength === 0 ? {} : parseSoundJson(new TextDecoder().decode(bytes)));
}

async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of readStream(request)) {
    bytes += part.byteLength;
    if (bytes > largestBodyBytes) throw new ServiceError("tooLarge", `The request is larger than ${largestBodyBytes >> 20} MiB.`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** @throws ServiceError `invalid`, naming the first field that is not of the expected form */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw parsed.error;
  const field = issue.path.join(".");
  const message = `${field === "" ? "The request" : field}: ${issueReason(issue)}.`;
  throw new ServiceError("invalid", message, field === "" ? {} : { field });
}

/** Values of a query string by a schema, numbers where it has numbers; empty ones count as absent. */
function readQuery<Schema extends z.ZodObject>(schema: Schema, query: URLSearchParams): z.output<Schema> {
  const values = [...query].filter(([, text]) => text !== "");
  const parsed = values.map(([key, text]) => [key, isNumeric(schema.shape[key]) ? readNumber(key, text) : text]);
  return parseRequest(schema, Object.fromEntries(parsed));
}

/** @throws ServiceError `invalid` at a parameter that is misspelt or of another route: what it was to change would stay as it is */
function demandKnown(names: readonly string[], query: URLSearchParams): void {
  const unknown = [...query.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.length === 0 ? "this route takes no query parameters" : `this route takes ${names.join(", ")}`;
  throw new ServiceError("invalid", `There is no query parameter ${quoted(unknown)}; ${known}.`, { field: unknown });
}

function readNumber(field: string, text: string): number {
  const value = Number(text);
  if (Number.isNaN(value)) throw new ServiceError("invalid", `${field}: must be a number, but is ${quoted(text)}.`, { field });
  return value;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function isNumeric(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return isNumeric(schema.unwrap());
  return schema instanceof z.ZodNumber;
}
