import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export type ChatCall = {
  path: string;
  authorization: string | undefined;
  body: { model: string; messages: { role: string; content: string }[] };
};

/** An OpenAI-compatible endpoint on this machine that answers as the test says, until the test ends; `calls` is all that it was sent. */
export async function chatEndpoint(
  answer: (call: ChatCall, response: ServerResponse, request: IncomingMessage) => string | undefined,
): Promise<{ url: string; calls: ChatCall[] }> {
  const calls: ChatCall[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as ChatCall["body"];
    const call = { path: request.url ?? "", authorization: request.headers.authorization, body };
    calls.push(call);
    const content = answer(call, response, request);
    if (content === undefined) return;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { role: "assistant", content } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, calls };
}
