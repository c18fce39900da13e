import { onTestFinished } from "vitest";
import { type FakeHub, serveHub } from "./hub-server";

/** A hub on this machine with one model at one commit, until the test ends. */
export async function fakeHub(...model: Parameters<typeof serveHub>): Promise<FakeHub> {
  const hub = await serveHub(...model);
  onTestFinished(hub.close);
  return hub;
}
