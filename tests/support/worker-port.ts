import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { newId } from "@/server/db/new-id";
import { deleteWorker, upsertWorker } from "@/server/db/work/workers";
import type { ServiceContext } from "@/server/services/context";

export type PortCall = { path: string; authorization: string | undefined; body: unknown };

/** A worker that is alive in the database and whose port answers as the test says, until the test ends. */
export async function standInWorker(
  { store }: ServiceContext,
  answer: (call: PortCall, response: ServerResponse, request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    answer({ path: request.url ?? "", authorization: request.headers.authorization, body: await json(request) }, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const id = newId();
  await upsertWorker(store.db, {
    id,
    host: "here",
    address: `http://127.0.0.1:${port}`,
    secret: "s3cret",
    device: "cpu",
    backend: "tensorflow",
    version: "1",
    memoryBytes: 1,
  });
  onTestFinished(async () => {
    await deleteWorker(store.db, id);
    server.closeAllConnections();
    server.close();
  });
  return id;
}
