import { readTextRequest } from "@/lib/contract/read-text";
import { linesOf } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { readText } from "@/server/services/work/read-text";

export const POST = handle("POST /api/runs/{run}/text", async ({ services, params, request }) => {
  const body = await readBody(request, readTextRequest);
  const stop = new AbortController();
  request.signal.addEventListener("abort", () => stop.abort());
  return linesOf(await readText(services, params.run, body, stop.signal), stop);
});
