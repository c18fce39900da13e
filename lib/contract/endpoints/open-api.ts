import { endpointAreas, pathParts } from "@/lib/contract/endpoints";
import { type FailureCode, failure, failureStatuses } from "@/lib/contract/failure";
import { openaiFailure } from "@/lib/contract/openai-answer";
import { type Answer, type Endpoint, type ExamplePart, exampleParts, type RequestBody } from "./endpoint";
import { type JsonSchema, namedSchemas, plainSchema, referenceTo } from "./named-schemas";

const failures: Readonly<Record<FailureCode, string>> = {
  invalid: "The request is malformed or cannot be fulfilled; `field` or `param` says where.",
  unauthorized: "The server requires its token, and the request has none or a wrong one.",
  forbidden: "The host name or the origin is not this server's.",
  notFound: "Not found: it does not exist or was deleted.",
  conflict: "Not possible in its current state.",
  tooLarge: "The request is too large.",
  internal: "Server error; see its log.",
  unavailable: "No worker is running, or the database cannot be reached at the moment.",
  busy: "A worker is alive but busy with a long call. Try again later.",
};

const idempotencyKey: JsonSchema = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Any text, new for each start. A request repeated with the same key within 24 hours starts nothing more and gets the first response; a different request with that key is refused.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
};

type Described = { readonly paths: Record<string, Record<string, JsonSchema>>; readonly schemas: Readonly<Record<string, JsonSchema>> };
let described: Described | undefined;

/** Every path and named schema of the HTTP interface. They never change while the process runs, and are made when first asked for. */
export function describeEndpoints(): Described {
  if (described !== undefined) return described;
  const schemas = namedSchemas(endpointAreas, { Failure: failure, OpenaiFailure: openaiFailure });
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const { name, endpoints } of endpointAreas) {
    for (const endpoint of endpoints) {
      paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(endpoint, name) };
    }
  }
  described = { paths, schemas };
  return described;
}

/** The application's HTTP interface as an OpenAPI 3.1 document, made from the schemas that the routes use. */
export function openApiDocument(server: { url: string; version: string }) {
  const { paths, schemas } = describeEndpoints();
  return {
    openapi: "3.1.0",
    info: {
      title: "Stanscope",
      version: server.version,
      description: "Train STAN and LoRA adapters, inspect what their latents learned, and steer generation with them.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: server.url }],
    // A server that other machines reach requires the token; any other decides by the host's name and the origin, and ignores it.
    security: [{}, { token: [] }],
    tags: endpointAreas.map(({ name, about }) => ({ name, description: about })),
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "The token that `npm start` prints in its link." } },
    },
  };
}

/** The parts of a path that stand in braces. */
export function partsOf(path: string): ExamplePart[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  return exampleParts.filter((part) => named.includes(part));
}

/** Every way in which an endpoint may refuse. */
export function refusalsOf({ body, query, path, refusals, startsWork }: Endpoint): FailureCode[] {
  // Under /api query parameters that are not in the route's list are refused too.
  const mayBeInvalid =
    path.startsWith("/api/") || body !== undefined || query !== undefined || partsOf(path).some((part) => pathParts[part].isNumber);
  const all: readonly FailureCode[] = [
    ...(mayBeInvalid ? (["invalid"] as const) : []),
    "unauthorized",
    "forbidden",
    ...(startsWork === true ? (["conflict"] as const) : []),
    ...refusals,
    "internal",
  ];
  return [...new Set(all)].sort((a, b) => failureStatuses[a] - failureStatuses[b]);
}

/** Status and media type of an answer. */
export function headOf(answer: Answer): { status: 200 | 204; mediaType: string | null } {
  switch (answer.kind) {
    case "json":
      return { status: 200, mediaType: "application/json" };
    case "events":
    case "file":
      return { status: 200, mediaType: answer.mediaType };
    case "none":
      return { status: 204, mediaType: null };
  }
}

function operation(endpoint: Endpoint, tag: string): JsonSchema {
  const { method, path, summary, more, query, body, answers, startsWork } = endpoint;
  return {
    operationId: operationId(method, path),
    summary,
    ...(more === undefined ? {} : { description: more }),
    tags: [tag],
    parameters: [
      ...partsOf(path).map((part) => ({
        name: part,
        in: "path",
        required: true,
        description: pathParts[part].about,
        schema: { type: pathParts[part].isNumber ? "integer" : "string" },
      })),
      ...(query === undefined ? [] : queryParameters(plainSchema(query))),
      ...(startsWork ? [idempotencyKey] : []),
    ],
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: { ...responses(answers), ...refusals(endpoint) },
  };
}

/** `getRunsRunEdits` */
function operationId(method: string, path: string): string {
  const words = path.split(/[^\w]+/).filter((word) => word !== "" && word !== "api");
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function queryParameters(schema: JsonSchema): JsonSchema[] {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(propertiesOf(schema)).map(([name, { description, ...rest }]) => ({
    name,
    in: "query",
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** The fields of an object's schema. */
export function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  const properties = schema["properties"];
  return typeof properties === "object" && properties !== null ? (properties as Record<string, JsonSchema>) : {};
}

function requestBody(body: RequestBody): JsonSchema {
  if (body.kind === "json") return { required: true, content: { "application/json": { schema: referenceTo(body.name) } } };
  return { required: true, description: body.is, content: { "application/octet-stream": {} } };
}

function responses(answers: readonly Answer[]): Record<string, JsonSchema> {
  const byStatus: Record<string, { description: string; content?: Record<string, JsonSchema> }> = {};
  for (const answer of answers) {
    const { status, mediaType } = headOf(answer);
    const known = byStatus[status] ?? { description: status === 204 ? "Done." : "The requested file." };
    const content = mediaType === null ? known.content : { ...known.content, [mediaType]: contentOf(answer) };
    byStatus[status] = { ...known, ...(content === undefined ? {} : { content }) };
  }
  return byStatus;
}

/** A stream's schema is that of one event's data, or of one line. */
function contentOf(answer: Answer): JsonSchema {
  return answer.kind === "json" || answer.kind === "events" ? { schema: referenceTo(answer.name) } : {};
}

function refusals(endpoint: Endpoint): Record<string, JsonSchema> {
  const schema = referenceTo(endpoint.path.startsWith("/v1/") ? "OpenaiFailure" : "Failure");
  return Object.fromEntries(
    refusalsOf(endpoint).map((code) => [
      failureStatuses[code],
      { description: failures[code], content: { "application/json": { schema } } },
    ]),
  );
}
