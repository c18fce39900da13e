import type { ReadTextInput } from "@/lib/contract/read-text";

/** The request as one writes it in a shell; it is answered by lines of JSON. */
export function curlOf(runId: string, request: ReadTextInput, origin: string): string {
  const body = JSON.stringify(request).replaceAll("'", String.raw`'\''`);
  return `curl '${origin}/api/runs/${encodeURIComponent(runId)}/text' -H 'content-type: application/json' -d '${body}'`;
}
