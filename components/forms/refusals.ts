import type { ZodType } from "zod";
import type { RequestFailure } from "@/lib/client/fetch-json";
import { issueReason } from "@/lib/contract/issue-reason";
import { nearestField } from "./nearest-field";

/** Why the contract refuses a request, by field. What belongs to no field of the form is left to the server, which says it in a sentence. */
export function refusalsOf(contract: ZodType, request: unknown, fields: readonly string[]): Readonly<Record<string, string>> {
  const refusals: Record<string, string> = {};
  for (const issue of contract.safeParse(request).error?.issues ?? []) {
    const field = nearestField(issue.path.join("."), fields);
    const reason = issueReason(issue);
    if (field !== undefined) refusals[field] ??= reason.charAt(0).toUpperCase() + reason.slice(1);
  }
  return refusals;
}

/** Why the server refused a request, at the field that it names. */
export function refusedFields({ field: path, message }: RequestFailure, fields: readonly string[]): Readonly<Record<string, string>> {
  const field = path === undefined ? undefined : nearestField(path, fields);
  return field === undefined ? {} : { [field]: message };
}
