import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenGround, openGround } from "@/scripts/knock/ground";
import { doUndisturbed, type Undisturbed } from "@/scripts/knock/kills/undisturbed";
import type { Work } from "@/scripts/knock/kills/work";
import { collectionWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import { bakeWork, fetchWork, importDictionaryWork, importRunWork, uploadWork } from "@/scripts/knock/kills/works/transfers";
import { throughAway } from "@/scripts/knock/outages/cases/database-away";
import { atFullDisk, dataDiskSize } from "@/scripts/knock/outages/cases/disk-full";
import { portTaken, readOnlyFolder } from "@/scripts/knock/outages/cases/refused-starts";
import { OwnDatabase } from "@/scripts/knock/outages/own-database";
import { mount, unmount } from "@/scripts/knock/outages/small-disk";

// The outages of `npm run knock`, a short form: one application on a small disk, with a database of the operator's own.
const port = 4640;
const say = (line: string) => console.error(line);
const training = trainings.filter(({ name }) => name === "train lora");
const writers = [...training, collectionWork, uploadWork, importRunWork, importDictionaryWork, fetchWork, bakeWork];

const home = mkdtempSync(join(tmpdir(), "stanscope-knock-"));
const whyNoDisk = mount(home, `size=${dataDiskSize}`);
const database = new OwnDatabase();
let ground: OpenGround;
beforeAll(async () => {
  ground = await openGround(port, { home, environment: { DATABASE_URL: await database.start() } });
});
afterAll(async () => {
  await ground?.close();
  await database.remove();
  if (whyNoDisk === undefined) unmount(home);
  rmSync(home, { recursive: true, force: true });
});

const done = new Map<string, { result: string; tookMs: number }>();

/** Each kind of work is done undisturbed once, for all tests that meet it. */
async function undisturbed(works: readonly Work[]): Promise<Undisturbed> {
  const missing = works.filter(({ name }) => !done.has(name));
  for (const [name, outcome] of await doUndisturbed(missing, ground.place, say)) done.set(name, outcome);
  return done;
}

it("work that is under way when the database goes away for some seconds ends as it does undisturbed, once", async () => {
  const options = { works: training, undisturbed: await undisturbed(training), seconds: 3 };
  expect(await throughAway(ground.place, database, options)).toEqual([]);
});

it.for(writers.map((work) => ({ work, name: work.name })))(
  "$name on a full disk is refused in words about the disk, and done once there is room",
  async ({ work }, { skip }) => {
    if (whyNoDisk !== undefined) skip(whyNoDisk);
    expect(await atFullDisk(work, ground.place, 0, { undisturbed: await undisturbed([work]), say })).toEqual([]);
  },
);

it("a start on a port that is taken is refused by name", async () => {
  expect(await portTaken.run({ port: port + 1, seconds: 0, say })).toEqual({ faults: [] });
});

it("a start on a read-only data folder is refused by name", async ({ skip }) => {
  const outcome = await readOnlyFolder.run({ port: port + 1, seconds: 0, say });
  if ("skipped" in outcome) skip(outcome.skipped);
  expect(outcome).toEqual({ faults: [] });
});
