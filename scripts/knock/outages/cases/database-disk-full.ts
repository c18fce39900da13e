import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Application } from "@/scripts/knock/application";
import { closing, inFolder } from "@/scripts/knock/closing";
import { type Ground, onGround } from "@/scripts/knock/ground";
import { Piece } from "@/scripts/knock/kills/piece";
import { differences, doUndisturbed } from "@/scripts/knock/kills/undisturbed";
import { benchmarkWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import type { Outage } from "@/scripts/knock/outages/outage";
import { empty, fill, mounted } from "@/scripts/knock/outages/small-disk";

const works = [...trainings.slice(0, 1), studyWork, benchmarkWork];

/** The disk of our own database is full, but that of the data folder is not: requests wait, and continue when there is room again. */
export const databaseDiskFull: Outage = {
  name: "database's disk full",
  run: ({ port, seconds, say }) =>
    inFolder(async (home) => {
      const cluster = join(home, "postgres");
      const { uid, gid } = await makeCluster(home, port);
      const campaign = async ({ place }: Ground) => {
        const undisturbed = await doUndisturbed(works, place, say);
        const running = works.map((work) => new Piece(work, place, `${work.name} with a full database`).run());
        fill(cluster, 0);
        await sleep(seconds * 1000);
        empty(cluster);
        const faults = differences(await Promise.all(running), undisturbed);
        const met = readFileSync(join(home, "logs", "postgres.log"), "utf8").split("No space left on device").length - 1;
        say(`  the database met its full disk ${met} times`);
        return met > 0 ? faults : [...faults, "the disk was not met full: nothing was tried"];
      };
      return mounted(cluster, `size=300m,mode=0700,uid=${uid},gid=${gid}`, async () => {
        execFileSync("cp", ["-a", `${aside(cluster)}/.`, cluster]);
        return { faults: await onGround(port, campaign, { home }) };
      });
    }),
};

/** Makes a data folder's database and moves it aside, so that a disk can be mounted in its place. @returns whose it is */
async function makeCluster(home: string, port: number): Promise<{ uid: number; gid: number }> {
  const application = new Application({ port, home });
  await closing(
    async () => void (await application.stop()),
    () => application.start(),
  );
  const cluster = join(home, "postgres");
  renameSync(cluster, aside(cluster));
  mkdirSync(cluster);
  return statSync(aside(cluster));
}

function aside(cluster: string): string {
  return `${cluster}.aside`;
}
