import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RefusedError } from "@/scripts/knock/client";
import { type Ground, onGround } from "@/scripts/knock/ground";
import { Piece } from "@/scripts/knock/kills/piece";
import { differences, doUndisturbed, type Undisturbed } from "@/scripts/knock/kills/undisturbed";
import { type Asked, askedNow, type Place, type Work } from "@/scripts/knock/kills/work";
import { collectionWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import { bakeWork, fetchWork, importDictionaryWork, importRunWork, uploadWork } from "@/scripts/knock/kills/works/transfers";
import type { Outage } from "@/scripts/knock/outages/outage";
import { withOwnDatabase } from "@/scripts/knock/outages/own-database";
import { empty, fill, mounted } from "@/scripts/knock/outages/small-disk";

const works = [...trainings, collectionWork, uploadWork, importRunWork, importDictionaryWork, fetchWork, bakeWork];
/** Enough for all of it. */
export const dataDiskSize = "120m";
const leftBytes = [0, 12_000, 150_000, 1_000_000];
/** What says to a person that the disk is full. */
const namesDisk = /disk|space|full/i;

/** The data folder's disk is full at each kind of write, with more and less room left; the database's has room. */
export const dataDiskFull: Outage = {
  name: "data folder's disk full",
  run: (options) =>
    onSmallDisk(`size=${dataDiskSize}`, (home) =>
      withOwnDatabase(async (_, url) => {
        const campaign = async ({ place }: Ground) => {
          const undisturbed = await doUndisturbed(works, place, options.say);
          const faults: string[] = [];
          for (const work of works) {
            for (const left of leftBytes) faults.push(...(await atFullDisk(work, place, left, undisturbed)));
            options.say(`  ${work.name}: ${faults.length} faults so far`);
          }
          return faults;
        };
        return { faults: await onGround(options.port, campaign, { home, environment: { DATABASE_URL: url } }) };
      }),
    ),
};

/** Our own database's disk is full: what is asked meanwhile is refused or waits, and goes on when there is room again. */
export const databaseDiskFull: Outage = {
  name: "database's disk full",
  run: (options) =>
    onSmallDisk("size=400m", async (home) => {
      const campaign = async ({ place }: Ground) => {
        const chosen = [...trainings.slice(0, 1), studyWork];
        const undisturbed = await doUndisturbed(chosen, place, options.say);
        const running = chosen.map((work) => new Piece(work, place, `${work.name} with a full database`).run());
        fill(home, 0);
        await new Promise((resolve) => setTimeout(resolve, options.seconds * 1000));
        empty(home);
        return differences(await Promise.all(running), undisturbed);
      };
      return { faults: await onGround(options.port, campaign, { home }) };
    }),
};

/** Once while the disk is full, where it may fail with words about the disk, and once when there is room again, where it must give what it always gives. */
export async function atFullDisk(work: Work, place: Place, left: number, undisturbed: Undisturbed): Promise<string[]> {
  const where = `${work.name} with ${left} bytes left`;
  const asked = askedNow(where);
  fill(place.home, left);
  const faults = await fullDiskFaults(work, place, asked).catch((error: Error) => [error.message]);
  empty(place.home);
  for (const id of await work.find(place, asked)) await work.remove(place, id, asked).catch(() => {});
  const again = await new Piece(work, place, `${where}, again`).run();
  return [
    ...faults.map((text) => `${where}: ${text}`),
    ...differences([again], undisturbed).map((text) => `${where}, then with room: ${text}`),
  ];
}

async function fullDiskFaults(work: Work, place: Place, asked: Asked): Promise<string[]> {
  try {
    const id = await work.start(place, asked);
    for (;;) {
      const how = await work.ended(place, id);
      if (how === "finished") return [];
      if (how !== undefined) return namesDisk.test(how) ? [] : [`ended with "${how}", which does not name the disk`];
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  } catch (error) {
    const isClear = error instanceof RefusedError && error.status !== 500 && namesDisk.test(error.message);
    return isClear ? [] : [`refused with "${error instanceof Error ? `${error.message} ${error.cause ?? ""}` : error}"`];
  }
}

async function onSmallDisk(options: string, work: (home: string) => Promise<{ faults: string[] }>) {
  const home = mkdtempSync(join(tmpdir(), "stanscope-knock-"));
  try {
    return await mounted(home, options, () => work(home));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
