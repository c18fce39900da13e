import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveHub } from "@/tests/support/hub-server";
import { Application } from "./application";
import { closing } from "./closing";
import { hubFiles, makePlace } from "./kills/subject";
import type { Place } from "./kills/work";
import { hubModel } from "./kills/works/transfers";

/** A running application with models, rows and a run to knock at, and a hub on this machine to fetch from. */
export type Ground = { readonly application: Application; readonly place: Place };
export type OpenGround = Ground & { close(): Promise<void> };

/** Each file of the hub waits so long, so that a fetch takes long enough to be met. */
const hubDelayMs = 150;

export type GroundOptions = { readonly home?: string; readonly environment?: Readonly<Record<string, string>> };

export async function openGround(port: number, options: GroundOptions = {}): Promise<OpenGround> {
  const { open, close } = await layGround(port, options);
  try {
    return { ...(await open()), close };
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
  const { open, close } = await layGround(port, options);
  return closing(close, async () => campaign(await open()));
}

/** What there is to close, before anything is started. */
async function layGround(port: number, options: GroundOptions): Promise<{ open(): Promise<Ground>; close(): Promise<void> }> {
  const files = mkdtempSync(join(tmpdir(), "stanscope-ground-files-"));
  const hub = await serveHub(hubModel, "0".repeat(40), hubFiles());
  hub.delayMs = hubDelayMs;
  hub.isElsewhere = true;
  const application = new Application({ ...options, port, environment: { HF_ENDPOINT: hub.url, ...options.environment } });
  return {
    async open() {
      await application.start();
      return { application, place: await makePlace(application, files) };
    },
    async close() {
      await application.remove();
      hub.close();
      rmSync(files, { recursive: true, force: true });
    },
  };
}
