import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** `gone`: connections break, those that are open too. `slow`: what is asked waits until the fault is over. `failing`: every answer is a 500. */
export type Fault = "gone" | "slow" | "failing";

export type FaultyProxy = {
  readonly url: string;
  readonly set: (fault: Fault | "none") => void;
  readonly stop: () => Promise<void>;
};

/** Stands between a browser and a server, and breaks what is between them. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  let fault: Fault | "none" = "none";
  let held: (() => void)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, answer) => {
    if (fault === "failing") answer.writeHead(500, { "content-type": "text/plain" }).end("broken");
    else if (fault === "slow") held.push(() => forward(target, incoming, answer));
    else forward(target, incoming, answer);
  });
  server.on("connection", (socket) => {
    if (fault === "gone") socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    set: (next) => {
      fault = next;
      if (fault === "gone") breakAll();
      if (fault === "slow") return;
      for (const release of held) release();
      held = [];
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      breakAll();
      await closed;
    },
  };
}

function forward(target: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, headers, url } = incoming;
  const outgoing = request(`${target}${url}`, { method, headers: { ...headers, connection: "close" } }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
    // What the page hears of at once, as events, is not held back.
    answer.flushHeaders();
  });
  outgoing.on("error", () => answer.destroy());
  answer.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}
