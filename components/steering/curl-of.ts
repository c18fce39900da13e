/** A request to an endpoint of a run. */
export type ShellRequest = { readonly endpoint: "generate" | "text" | "picture" | "images"; readonly body: object };

/** The request as one writes it in a shell. */
export function curlOf(runId: string, { endpoint, body }: ShellRequest, origin: string): string {
  const quoted = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return `curl '${origin}/api/runs/${encodeURIComponent(runId)}/${endpoint}' -H 'content-type: application/json' -d '${quoted}'`;
}
