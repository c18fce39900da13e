import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveHub } from "@/tests/support/hub-server";
import { Application } from "./application";
import { hubFiles, makePlace } from "./kills/subject";
import type { Place } from "./kills/work";
import { hubModel } from "./kills/works/transfers";

/** A running application with models, rows and a run to knock at, and a hub on this machine to fetch from. */
export type Ground = { readonly application: Application; readonly place: Place; close(): Promise<void> };

/** Each file of the hub waits so long, so that a fetch takes long enough to be met. */
const hubDelayMs = 150;

export type GroundOptions = { readonly home?: string; readonly environment?: Readonly<Record<string, string>> };

export async function openGround(port: number, options: GroundOptions = {}): Promise<Ground> {
  const files = mkdtempSync(join(tmpdir(), "stanscope-ground-files-"));
  const hub = await serveHub(hubModel, "0".repeat(40), hubFiles());
  hub.delayMs = hubDelayMs;
  const application = new Application({ ...options, port, environment: { HF_ENDPOINT: hub.url, ...options.environment } });
  const close = async () => {
    await application.remove();
    hub.close();
    rmSync(files, { recursive: true, force: true });
  };
  try {
    await application.start();
    return { application, place: await makePlace(application, files), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Does a campaign, and ends all that was started for it, also when it is stopped by hand. */
export async function onGround<Result>(
  port: number,
  campaign: (ground: Ground) => Promise<Result>,
  options: GroundOptions = {},
): Promise<Result> {
  const ground = await openGround(port, options);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => void ground.close().then(() => process.exit(1)));
  try {
    return await campaign(ground);
  } finally {
    await ground.close();
  }
}
