import { makeImagesRequest } from "@/lib/contract/make-images";
import { linesOf } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { makeImages } from "@/server/services/work/make-images";

export const POST = handle("POST /api/runs/{run}/images", async ({ services, params, request }) => {
  const body = await readBody(request, makeImagesRequest);
  const stop = new AbortController();
  request.signal.addEventListener("abort", () => stop.abort());
  return linesOf(await makeImages(services, params.run, body, stop.signal), stop);
});
