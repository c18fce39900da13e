import { z } from "zod";

export const failureCodes = [
  "invalid",
  "notFound",
  "conflict",
  "unavailable",
  "busy",
  "tooLarge",
  "unauthorized",
  "forbidden",
  "internal",
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** Under which HTTP status a failure is answered. */
export const failureStatuses: Readonly<Record<FailureCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  internal: 500,
  unavailable: 503,
  busy: 503,
};

/** The body of every answer that is not a success: what happened and what to do. */
export const failure = z.object({ error: z.object({ code: z.enum(failureCodes), message: z.string(), field: z.string().optional() }) });
export type Failure = z.infer<typeof failure>;
