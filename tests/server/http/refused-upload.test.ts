import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { answering } from "@/server/http/handle";
import { drain, readStream } from "@/server/http/request-stream";
import { ServiceError } from "@/server/services/errors";

const home = mkdtempSync(join(tmpdir(), "stanscope-refused-"));
// Nothing is asked of a database.
process.env["DATABASE_URL"] = "postgres://127.0.0.1:1/nowhere";
process.env["STANSCOPE_HOME"] = home;
afterAll(() => rmSync(home, { recursive: true, force: true }));

const piece = Buffer.alloc(1 << 16, 7);

/** A route behind a real socket, its request made of the connection's stream as Next makes it. */
async function serve(work: (body: AsyncGenerator<Uint8Array>) => Promise<void>): Promise<number> {
  const route = answering<Record<string, never>>(async ({ request }) => work(readStream(request)));
  const server = createServer(async (incoming, outgoing) => {
    const init = { method: "POST", body: incoming as unknown as ReadableStream, duplex: "half" } as RequestInit;
    const response = await route(new Request("http://localhost/upload", init), { params: Promise.resolve({}) });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends so many pieces as fast as they are taken, and reads nothing before the last is gone, as a browser does. */
async function upload(port: number, pieces: number): Promise<string> {
  const socket = connect(port, "127.0.0.1").pause();
  const closed = once(socket, "close");
  socket.write(`POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`);
  for (let sent = 0; sent < pieces; sent++) {
    if (socket.write(piece)) continue;
    await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    if (socket.destroyed) throw new Error(`cut off after ${sent} pieces`);
  }
  let text = "";
  for await (const chunk of socket.resume()) {
    text += chunk;
    if (text.includes("}}")) break;
  }
  return text;
}

const tooLarge = new ServiceError("tooLarge", "The file is larger than 1 MiB.");
const answer = /^HTTP\/1.1 413 [\s\S]*"message":"The file is larger than 1 MiB."/;

describe("an upload that is refused", () => {
  it("before anything is read gets the message, when all of it is sent", async () => {
    const port = await serve(async () => {
      throw tooLarge;
    });
    expect(await upload(port, 800)).toMatch(answer);
  });

  it("while it is read gets the message, too", async () => {
    const port = await serve(async (body) => {
      let bytes = 0;
      for await (const part of body) {
        bytes += part.length;
        if (bytes > 1 << 20) throw tooLarge;
      }
    });
    expect(await upload(port, 800)).toMatch(answer);
  });

  it("is cut off when it does not end", async () => {
    let taken = 0;
    let isCut = false;
    async function* endless() {
      try {
        for (;;) {
          taken += piece.length;
          yield piece;
        }
      } finally {
        isCut = true;
      }
    }
    const init = { method: "POST", body: endless() as unknown as ReadableStream, duplex: "half" } as RequestInit;
    await drain(new Request("http://localhost/upload", init), 2 ** 24);
    expect([isCut, taken]).toEqual([true, expect.closeTo(2 ** 24, -6)]);
  });
});
