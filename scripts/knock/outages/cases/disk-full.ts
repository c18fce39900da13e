import { setTimeout as sleep } from "node:timers/promises";
import { inFolder } from "@/scripts/knock/closing";
import { type Ground, onGround } from "@/scripts/knock/ground";
import { Piece } from "@/scripts/knock/kills/piece";
import { differences, doUndisturbed, type Undisturbed } from "@/scripts/knock/kills/undisturbed";
import { type Asked, askedNow, type Place, type Work } from "@/scripts/knock/kills/work";
import { collectionWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import { bakeWork, fetchWork, importDictionaryWork, importRunWork, uploadWork } from "@/scripts/knock/kills/works/transfers";
import type { Outage } from "@/scripts/knock/outages/outage";
import { withOwnDatabase } from "@/scripts/knock/outages/own-database";
import { empty, fill, mounted } from "@/scripts/knock/outages/small-disk";

const works = [...trainings, collectionWork, uploadWork, importRunWork, importDictionaryWork, fetchWork, bakeWork];
/** Enough for all of it. */
export const dataDiskSize = "120m";
const leftBytes = [0, 12_000, 150_000, 1_000_000];
const pollMs = 150;
/** What says to a person that the disk is full. */
const namesDisk = /disk|space|full/i;

/** The data folder's disk is full at each kind of write, with more and less room left; the database's has room. */
export const dataDiskFull: Outage = {
  name: "data folder's disk full",
  run: (options) =>
    inFolder((home) =>
      mounted(home, `size=${dataDiskSize}`, () =>
        withOwnDatabase(async (_, url) => {
          const campaign = async ({ place }: Ground) => {
            const undisturbed = await doUndisturbed(works, place, options.say);
            const faults: string[] = [];
            for (const work of works) {
              for (const left of leftBytes) faults.push(...(await atFullDisk(work, place, left, { undisturbed, say: options.say })));
            }
            return faults;
          };
          return { faults: await onGround(options.port, campaign, { home, environment: { DATABASE_URL: url } }) };
        }),
      ),
    ),
};

/** Once while the disk is full, where it may fail with words about the disk, and once when there is room again, where it must give what it always gives. */
export async function atFullDisk(work: Work, place: Place, left: number, { undisturbed, say }: FullDiskOptions): Promise<string[]> {
  const where = `${work.name} with ${left} bytes left`;
  const asked = askedNow(where);
  fill(place.home, left);
  const how = await endAtFullDisk(work, place, asked);
  empty(place.home);
  say(`  ${where}: ${how}`);
  for (const id of await work.find(place, asked)) await work.remove(place, id, asked).catch(() => {});
  const again = await new Piece(work, place, `${where}, again`).run();
  const isGood = how === "finished" ? left > 0 : namesDisk.test(how) && !how.startsWith("500");
  return [...(isGood ? [] : [`${where}: ${how}`]), ...differences([again], undisturbed).map((text) => `${where}, then with room: ${text}`)];
}

type FullDiskOptions = { readonly undisturbed: Undisturbed; say(line: string): void };

/** @returns "finished", or the words with which it failed or was refused */
async function endAtFullDisk(work: Work, place: Place, asked: Asked): Promise<string> {
  try {
    const id = await work.start(place, asked);
    for (;;) {
      const how = await work.ended(place, id);
      if (how !== undefined) return how;
      await sleep(pollMs);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
