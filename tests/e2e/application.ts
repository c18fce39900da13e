import { rmSync } from "node:fs";
import { Application as Started } from "@/scripts/knock/application";

export type Application = { url: string; stop: () => Promise<void> };

/** Runs `npm start`'s own script on an empty data folder and waits for its address. @throws Error with its last words when it ends first */
export async function startApplication(): Promise<Application> {
  const application = new Started({ port: 0 });
  await application.start();
  return {
    url: application.url,
    stop: async () => {
      await application.stop();
      rmSync(application.home, { recursive: true, force: true });
    },
  };
}
