import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { renewConnections } from "@/scripts/web/renew-connections.mjs";

/** How many connections a client that keeps them open needs for three requests. */
async function connectionsOfThree(afterMs: number): Promise<number> {
  const server = createServer((_, response) => response.end("here"));
  renewConnections(server, afterMs);
  let connections = 0;
  server.on("connection", () => connections++);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  for (let request = 0; request < 3; request++) {
    const [answer] = (await once(get({ port, host: "127.0.0.1", agent }), "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    await once(answer.resume(), "end");
  }
  return connections;
}

describe("renewConnections", () => {
  it("ends a connection with the first answer after its time", async () => {
    expect(await connectionsOfThree(-1)).toBe(3);
  });

  it("keeps a younger connection open", async () => {
    expect(await connectionsOfThree(3_600_000)).toBe(1);
  });
});
