import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inFolder } from "@/scripts/knock/closing";
import { type Ground, onGround } from "@/scripts/knock/ground";
import { Piece } from "@/scripts/knock/kills/piece";
import { differences, doUndisturbed } from "@/scripts/knock/kills/undisturbed";
import { collectionWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import type { Outage } from "@/scripts/knock/outages/outage";

const works = [...trainings.slice(0, 2), collectionWork, studyWork];
const library = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`).find(existsSync);
const jumps = ["+2h", "-3h", "+40d", "+0"];
const betweenMs = 900;

/**
 * The clock of web server, worker and start jumps forth and back in the middle of work. PostgreSQL keeps the machine's clock: it is started with an
 * environment of its own, and leases and heartbeats are measured by its clock alone.
 */
export const clockJumps: Outage = {
  name: "clock jumps",
  async run({ port, say }) {
    if (library === undefined) return { skipped: "Debian's package libfaketime is not installed" };
    return inFolder(async (folder) => {
      const file = join(folder, "offset");
      writeFileSync(file, "+0\n");
      const environment = {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: "1",
        // A monotonic clock does not jump.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      };
      const campaign = async ({ place }: Ground) => {
        const undisturbed = await doUndisturbed(works, place, say);
        const running = works.map((work) => new Piece(work, place, `${work.name} through time`).run());
        for (const jump of jumps) {
          await sleep(betweenMs);
          writeFileSync(file, `${jump}\n`);
        }
        return differences(await Promise.all(running), undisturbed);
      };
      return { faults: await onGround(port, campaign, { environment }) };
    });
  },
};
