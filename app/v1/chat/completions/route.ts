import { chatCompletionRequest } from "@/lib/contract/openai-request";
import { readBody } from "@/server/http/handle";
import { completionAnswer, handleOpenai } from "@/server/http/openai";
import { chatChunks, completeChat } from "@/server/services/openai/complete-chat";

export const POST = handleOpenai("POST /v1/chat/completions", async ({ services, request }) => {
  const body = await readBody(request, chatCompletionRequest);
  return completionAnswer(request, body.stream, {
    whole: (signal) => completeChat(services, body, signal),
    chunks: (signal) => chatChunks(services, body, signal),
  });
});
