import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application } from "@/scripts/knock/application";
import { firstVisit } from "./first-visit";

/** What came of the first visit: a data folder that nothing runs on any more, with the trained demonstration, and what was complained of. */
export type TrainedDemonstration = { readonly home: string; readonly complaints: readonly string[] };
export type DemonstrationAnswer = TrainedDemonstration | { readonly error: string };

export type DemonstrationServer = {
  /** A local socket, at which each test file asks for the demonstration and waits until it is trained. */
  readonly door: string;
  /** Trains it unless that has begun. */
  readonly train: () => Promise<DemonstrationAnswer>;
  readonly close: () => Promise<void>;
};

/**
 * Trains the demonstration once for all test files of a vitest run, when the first of them asks for it. Files that need none pay nothing. `npm test` has
 * it trained beside the unit tests, in a process of its own.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env["STANSCOPE_TEST_DEMONSTRATION"]) return async () => {};
  const { door, close } = await serveDemonstration();
  // The processes of the test files inherit it.
  process.env["STANSCOPE_TEST_DEMONSTRATION"] = door;
  return close;
}

export async function serveDemonstration(): Promise<DemonstrationServer> {
  const folder = mkdtempSync(join(tmpdir(), "stanscope-demonstration-"));
  const door = join(folder, "door");
  const application = new Application({ port: 0 });
  let training: Promise<DemonstrationAnswer> | undefined;
  const train = () => {
    training ??= trainOn(application).catch((error: unknown) => ({ error: String(error) }));
    return training;
  };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    void train().then((answer) => socket.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(door, resolve));
  const close = async () => {
    server.close();
    await application.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  return { door, train, close };
}

async function trainOn(application: Application): Promise<TrainedDemonstration> {
  await application.start();
  const complaints = await firstVisit(application.url);
  await application.stop();
  return { home: application.home, complaints };
}
