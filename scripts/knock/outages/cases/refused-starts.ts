import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Application } from "@/scripts/knock/application";
import { closing, inFolder } from "@/scripts/knock/closing";
import type { Outage } from "@/scripts/knock/outages/outage";
import { mounted } from "@/scripts/knock/outages/small-disk";

/** A second start on a folder that is in use is refused by name, and the first keeps running. */
export const twoServers: Outage = {
  name: "two servers on one folder",
  async run({ port }) {
    const first = new Application({ port });
    const end = async () => {
      await first.stop();
      await first.remove();
    };
    return closing(end, async () => {
      await first.start();
      const faults = await refusal(new Application({ port: port + 1, home: first.home }), [first.home, first.url]);
      const status = await fetch(`${first.url}/api/status`).then(({ ok }) => ok);
      return { faults: status ? faults : [...faults, "the first does not answer any more"] };
    });
  },
};

/** If the requested port is taken, the start must not silently open another one. */
export const portTaken: Outage = {
  name: "port taken",
  async run({ port }) {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const application = new Application({ port });
    const end = async () => {
      other.close();
      await application.remove();
    };
    return closing(end, async () => ({ faults: await refusal(application, [String(port)]) }));
  },
};

export const readOnlyFolder: Outage = {
  name: "read-only data folder",
  run: ({ port }) =>
    inFolder((folder) =>
      mounted(folder, "ro,size=1m", async () => ({ faults: await refusal(new Application({ port, home: folder }), [folder]) })),
    ),
};

/** A folder whose place a file has. */
export const fileForFolder: Outage = {
  name: "a file in the data folder's place",
  run: ({ port }) =>
    inFolder(async (folder) => {
      const home = join(folder, "home");
      writeFileSync(home, "a file");
      return { faults: await refusal(new Application({ port, home }), [home]) };
    }),
};

/** @param words that the refusal has to name */
export async function refusal(application: Application, words: readonly string[]): Promise<string[]> {
  try {
    await application.start();
  } catch {
    const said = application.said;
    const missing = words.filter((word) => !said.includes(word));
    return missing.map((word) => `the refusal does not name ${word}: ${said.trim().slice(-400)}`);
  }
  const { url } = application;
  await application.stop();
  return [`it started, on ${url}, and did not refuse`];
}
