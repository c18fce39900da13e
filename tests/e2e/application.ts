import { execFileSync } from "node:child_process";
import { Application as Started } from "@/scripts/knock/application";

export type Application = { url: string; stop: () => Promise<void> };

/**
 * Runs `npm start`'s own script and waits for its address.
 *
 * @param template a data folder that nothing runs on, whose copy is used; an empty one where absent
 * @throws Error with its last words when it ends first
 */
export async function startApplication(template?: string): Promise<Application> {
  const application = new Started({ port: 0 });
  // The database's files keep their owner.
  if (template !== undefined) execFileSync("cp", ["-a", `${template}/.`, application.home]);
  await application.start();
  return {
    url: application.url,
    stop: async () => {
      await application.stop();
      await application.remove();
    },
  };
}
