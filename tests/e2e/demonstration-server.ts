import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workPage } from "@/lib/contract/work";
import { Application } from "@/scripts/knock/application";
import { firstVisit } from "./first-visit";

/** What came of the first visit: a data folder that nothing runs on any more, with the trained demonstration, and what was complained of. */
export type TrainedDemonstration = { readonly home: string; readonly complaints: readonly string[] };
export type DemonstrationAnswer = TrainedDemonstration | { readonly error: string };

/**
 * Trains the demonstration once for all test files of a vitest run, when the first of them asks for it at the door (a local socket). Files that need
 * none pay nothing.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "stanscope-demonstration-"));
  const door = join(folder, "door");
  const application = new Application({ port: 0 });
  let training: Promise<DemonstrationAnswer> | undefined;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    training ??= train(application).catch((error: unknown) => ({ error: String(error) }));
    void training.then((answer) => socket.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(door, resolve));
  // The processes of the test files inherit it.
  process.env["STANSCOPE_TEST_DEMONSTRATION"] = door;
  return async () => {
    server.close();
    await application.remove();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function train(application: Application): Promise<TrainedDemonstration> {
  await application.start();
  const complaints = await firstVisit(application.url);
  await untilNothingIsOpen(application.url);
  await application.stop();
  return { home: application.home, complaints };
}

/** Waits for what goes on when the demonstration is ready, the measurement of single latents: each copy would begin it again beside its tests. */
async function untilNothingIsOpen(url: string): Promise<void> {
  for (;;) {
    const { open } = workPage.parse(await (await fetch(new URL("/api/work", url))).json());
    if (open === 0) return;
    await sleep(500);
  }
}
