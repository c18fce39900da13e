import type { z } from "zod";

/** Why a value is refused, in one sentence: of a union or a record's key what a check of ours says, where there is one. */
export function issueReason(issue: z.core.$ZodIssue): string {
  const inner = issue.code === "invalid_union" ? issue.errors.flat() : issue.code === "invalid_key" ? issue.issues : [];
  const [ours] = inner.filter(({ code }) => code === "custom");
  return ours === undefined ? issue.message : issueReason(ours);
}
