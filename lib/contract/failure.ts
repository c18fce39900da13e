import { z } from "zod";

export const failureCodes = ["invalid", "notFound", "conflict", "unavailable", "tooLarge", "forbidden", "internal"] as const;
export type FailureCode = (typeof failureCodes)[number];

/** The body of every answer that is not a success: what happened and what to do. */
export const failure = z.object({ error: z.object({ code: z.enum(failureCodes), message: z.string(), field: z.string().optional() }) });
export type Failure = z.infer<typeof failure>;
