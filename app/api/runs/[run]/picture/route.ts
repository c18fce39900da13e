import { readPictureRequest } from "@/lib/contract/read-picture";
import { linesOf } from "@/server/http/event-stream";
import { handle, readBody } from "@/server/http/handle";
import { readPicture } from "@/server/services/work/read-picture";

export const POST = handle("POST /api/runs/{run}/picture", async ({ services, params, request }) => {
  const body = await readBody(request, readPictureRequest);
  const stop = new AbortController();
  request.signal.addEventListener("abort", () => stop.abort());
  return linesOf(await readPicture(services, params.run, body, stop.signal), stop);
});
