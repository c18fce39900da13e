import { completionRequest } from "@/lib/contract/openai-request";
import { readBody } from "@/server/http/handle";
import { completionAnswer, handleOpenai } from "@/server/http/openai";
import { complete, completionChunks } from "@/server/services/openai/complete";

export const POST = handleOpenai("POST /v1/completions", async ({ services, request }) => {
  const body = await readBody(request, completionRequest);
  return completionAnswer(request, body.stream, {
    whole: (signal) => complete(services, body, signal),
    chunks: (signal) => completionChunks(services, body, signal),
  });
});
