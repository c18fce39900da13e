import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listenForEvents } from "@/server/db/events";

/** Says that a client is let in and ready, and hangs up at its first statement, as a server that is just going down. */
async function leavingServer(): Promise<{ url: string; clients: number }> {
  const state = { url: "", clients: 0 };
  const server = createServer((socket) => {
    state.clients++;
    socket.on("error", () => {});
    const letIn = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
    socket.once("data", () => {
      socket.write(letIn);
      socket.once("data", () => socket.destroy());
    });
  });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  state.url = `postgresql://u:p@127.0.0.1:${address.port}/d`;
  return state;
}

test("a database that leaves during the first LISTEN makes listening fail, so that it can be tried again, and nothing else", async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", note);
  onTestFinished(() => void process.off("uncaughtException", note));
  const server = await leavingServer();
  const listener = { onEvent: () => {}, onGap: () => {} };
  await expect(listenForEvents(server.url, listener)).rejects.toThrow(/terminated|ended/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(uncaught).toEqual([]);
  expect(server.clients).toBe(1);
});
