import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { deleteWorker, upsertWorker } from "@/server/db/work/workers";
import { askWorker } from "@/server/services/work/ask-worker";
import { freshContext } from "@/tests/support/service-context";
import { standInWorker } from "@/tests/support/worker-port";

const context = await freshContext();
const { db } = context.store;
const call = { path: "/preview", body: {} };

/** The row of a living worker whose port nobody listens on. */
async function unreachableWorker(id: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  const port = typeof address === "object" ? address?.port : undefined;
  const machine = { host: "here", device: "cpu", backend: "tensorflow", version: "1", memoryBytes: 1 };
  await upsertWorker(db, { id, ...machine, address: `http://127.0.0.1:${port}`, secret: "s3cret" });
}

describe("a call to a worker", () => {
  it("says that none is running only when no worker is alive", async () => {
    await expect(askWorker(context, call)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^No worker is running/),
    });
  });

  it("says that a living worker is busy when it accepts no connection", async () => {
    await unreachableWorker("w1");
    await expect(askWorker(context, call)).rejects.toMatchObject({ code: "busy", message: expect.stringMatching(/alive/) });
    await deleteWorker(db, "w1");
  });

  it("goes to the next worker when one accepts no connection", async () => {
    await unreachableWorker("w1");
    await standInWorker(context, (_call, response) => response.end('{"rows":[]}'));
    expect(await (await askWorker(context, call)).json()).toEqual({ rows: [] });
    await deleteWorker(db, "w1");
  });

  it("is never made twice once a worker may have received it", async () => {
    let received = 0;
    await standInWorker(context, (_call, _response, request) => {
      received += 1;
      request.socket.destroy();
    });
    const failure = expect.objectContaining({ code: "unavailable", message: expect.stringMatching(/was lost before it answered/) });
    await expect(askWorker(context, call)).rejects.toEqual(failure);
    expect(received).toBe(1);
  });
});
