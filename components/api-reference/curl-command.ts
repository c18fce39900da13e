import type { Endpoint, ExampleIds, ExamplePart } from "@/lib/contract/endpoints/endpoint";

/** A command that can be pasted into a POSIX shell. */
export function curlCommand({ method, path, query, body, answers }: Endpoint, origin: string, ids: ExampleIds): string {
  const isStream = answers[0]?.kind === "events";
  const download = answers[0]?.kind === "file" && !answers[0].mediaType.startsWith("application/json") ? " -OJ" : "";
  const options = `${isStream ? " -N" : ""}${download}${method === "GET" || (method === "POST" && body !== undefined) ? "" : ` -X ${method}`}`;
  const address = shellWord(`${origin}${filled(path, ids)}${exampleQuery(path, query, body, ids)}`);
  if (body === undefined) return `curl -s${options} ${address}`;
  if (body.kind === "file") return `curl -s${options} ${address} \\\n  --data-binary @${body.fileName}`;
  const text = JSON.stringify(body.example(ids), null, 2);
  return `curl -s${options} ${address} \\\n  -H 'content-type: application/json' \\\n  -d ${shellWord(text, true)}`;
}

function filled(path: string, ids: ExampleIds): string {
  return path.replace(/\{(\w+)\}/g, (_, part: ExamplePart) => encodeURIComponent(ids[part]));
}

/** The required parameters of a query, and a few optional ones. */
function exampleQuery(path: string, query: Endpoint["query"], body: Endpoint["body"], ids: ExampleIds): string {
  if (query === undefined) return "";
  if (body?.kind === "file") return `?name=${body.fileName}`;
  if (path.endsWith("/export")) return "?format=neuronpedia";
  if (path.includes("/contexts/")) return `?module=${encodeURIComponent(ids.module)}&index=${ids.index}`;
  return "limit" in query.shape ? "?limit=5" : "";
}

function shellWord(text: string, isQuoted = /[^\w./:-]/.test(text)): string {
  return isQuoted ? `'${text.replaceAll("'", "'\\''")}'` : text;
}
