import { generateBody } from "@/lib/contract/generate";
import { eventsOf } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { generate, generateWhole } from "@/server/services/work/generate";

export const POST = handle("POST /api/runs/{run}/generate", async ({ services, params, request }) => {
  const { stream, ...body } = await readBody(request, generateBody);
  const stop = new AbortController();
  request.signal.addEventListener("abort", () => stop.abort());
  if (!stream) return generateWhole(services, params.run, body, stop.signal);
  return eventsOf(await generate(services, params.run, body, stop.signal), stop);
});
