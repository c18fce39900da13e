import type { z } from "zod";
import type { FailureCode } from "@/lib/contract/failure";

/** One route of the application over HTTP, by the schemas that it reads and answers with. */
export type Endpoint = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/api/runs/{run}` */
  readonly path: string;
  /** One sentence: what it does or gives. */
  readonly summary: string;
  /** What else a caller should know. */
  readonly more?: string;
  readonly query?: z.ZodObject;
  readonly body?: RequestBody;
  /** Whether it starts work: then it is done whole or not at all, and once for each `Idempotency-Key`. */
  readonly startsWork?: true;
  /** One where nothing chooses between them. */
  readonly answers: readonly Answer[];
  /** Beyond what any route may answer with: `forbidden`, `internal`, `unauthorized`, and `invalid` under /api or where something is sent. */
  readonly refusals: readonly FailureCode[];
};

export type RequestBody =
  | { readonly kind: "json"; readonly name: string; readonly schema: z.ZodType; readonly example: (ids: ExampleIds) => unknown }
  | { readonly kind: "file"; readonly is: string; readonly fileName: string };

export type Answer =
  | { readonly kind: "json"; readonly name: string; readonly schema: z.ZodType }
  | { readonly kind: "events"; readonly name: string; readonly schema: z.ZodType; readonly mediaType: EventsType; readonly when?: string }
  | { readonly kind: "file"; readonly mediaType: string; readonly is: string }
  | { readonly kind: "none" };
export type EventsType = "text/event-stream" | "application/x-ndjson";

/** What stands for a part of an example: an id that is there, or a word for it. `chatRun` is a run whose model has a chat template. */
export type ExampleIds = Readonly<Record<ExamplePart | "chatRun", string>>;
export type KnownParts = Partial<ExampleIds>;
export const exampleParts = [
  "run",
  "collection",
  "module",
  "index",
  "context",
  "model",
  "dataSet",
  "task",
  "saved",
  "generation",
  "study",
  "detection",
  "benchmark",
  "experiment",
  "layer",
] as const;
export type ExamplePart = (typeof exampleParts)[number];

/** Endpoints of one subject. */
export type EndpointArea = { readonly name: string; readonly about: string; readonly endpoints: readonly Endpoint[] };

export function json<Schema extends z.ZodType>(name: string, schema: Schema) {
  return { kind: "json", name, schema } as const satisfies Answer;
}

export function events(name: string, schema: z.ZodType, mediaType: EventsType = "text/event-stream", when?: string) {
  return { kind: "events", name, schema, mediaType, ...(when === undefined ? {} : { when }) } as const satisfies Answer;
}

export function file(mediaType: string, is: string) {
  return { kind: "file", mediaType, is } as const satisfies Answer;
}

/** Status 204. */
export const nothing = { kind: "none" } as const satisfies Answer;

/** A JSON body; the example is held to the schema by its type and by a test. */
export function jsonBody<Input>(
  name: string,
  schema: z.ZodType<unknown, Input>,
  example: (ids: ExampleIds) => NoInfer<Input>,
): RequestBody {
  return { kind: "json", name, schema, example };
}

export function upload(is: string, fileName: string) {
  return { kind: "file", is, fileName } as const satisfies RequestBody;
}
