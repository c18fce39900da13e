import type { z } from "zod";
import { issueReason } from "@/lib/contract/issue-reason";
import { ServiceError } from "@/server/services/errors";
import { type HttpContext, httpContext } from "./context";
import { failureResponse } from "./failures";
import { requireCaller } from "./who-may-call";

type RouteContext<Params> = { params: Promise<Params> };
type Work<Params> = (call: HttpContext & { request: Request; params: Params; query: URLSearchParams }) => Promise<unknown>;

const largestBodyBytes = 4 << 20;

/**
 * A route's handler: checks the caller, does the work, and answers with what it gives as JSON (a `Response` as it is), or with the failure in the form
 * that `refuse` has.
 */
export function handle<Params = Record<string, never>>(work: Work<Params>, refuse: (error: unknown) => Response = failureResponse) {
  return async (request: Request, { params }: RouteContext<Params>): Promise<Response> => {
    try {
      requireCaller(request);
      const answer = await work({ ...httpContext(), request, params: await params, query: new URL(request.url).searchParams });
      if (answer instanceof Response) return answer;
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      return refuse(error);
    }
  };
}

/** A request's JSON body. @throws ServiceError when it is too large, no JSON or of another form */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of readStream(request)) {
    bytes += part.byteLength;
    if (bytes > largestBodyBytes) throw new ServiceError("tooLarge", `The request is larger than ${largestBodyBytes >> 20} MiB.`);
    parts.push(part);
  }
  let value: unknown;
  try {
    value = bytes === 0 ? {} : JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch (cause) {
    throw new ServiceError("invalid", "The request's body is not JSON.", { cause });
  }
  return parseRequest(schema, value);
}

/** A request's raw body, piece by piece. */
export async function* readStream(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
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

/** Values of a query string by a schema. Those named in `numbers` are read as numbers; empty ones count as absent. */
export function readQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: URLSearchParams,
  options: { numbers: readonly string[]; given?: Record<string, unknown> },
): z.output<Schema> {
  const values = [...query].filter(([, text]) => text !== "");
  const parsed = values.map(([key, text]) => [key, options.numbers.includes(key) ? Number(text) : text]);
  return parseRequest(schema, { ...Object.fromEntries(parsed), ...options.given });
}
