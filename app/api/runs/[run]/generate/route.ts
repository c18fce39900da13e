import { generateRequest } from "@/lib/contract/generate";
import { eventsOf } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { generate } from "@/server/services/work/generate";

export const POST = handle<{ run: string }>(async ({ services, params, request }) => {
  const body = await readBody(request, generateRequest);
  const stop = new AbortController();
  request.signal.addEventListener("abort", () => stop.abort());
  return eventsOf(await generate(services, params.run, body, stop.signal), stop);
});
