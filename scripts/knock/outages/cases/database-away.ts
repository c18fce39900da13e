import { setTimeout as sleep } from "node:timers/promises";
import { type Ground, onGround } from "@/scripts/knock/ground";
import { Piece } from "@/scripts/knock/kills/piece";
import { differences, doUndisturbed, type Undisturbed } from "@/scripts/knock/kills/undisturbed";
import type { Place, Work } from "@/scripts/knock/kills/work";
import { collectionWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import { uploadWork } from "@/scripts/knock/kills/works/transfers";
import type { Outage } from "@/scripts/knock/outages/outage";
import { type OwnDatabase, withOwnDatabase } from "@/scripts/knock/outages/own-database";
import { processesOf } from "@/scripts/knock/processes";

const works = [...trainings.slice(0, 1), collectionWork, studyWork, uploadWork];
/** After the work was requested. */
const beginMs = 700;

/** A database of the operator's own, which is shut down in the middle of work and comes back. */
export const databaseAway: Outage = {
  name: "database away and back",
  run: ({ port, seconds, say }) =>
    withOwnDatabase(async (database, url) => {
      const campaign = async ({ place }: Ground) => {
        const undisturbed = await doUndisturbed(works, place, say);
        return throughAway(place, database, { works, undisturbed, seconds });
      };
      return { faults: await onGround(port, campaign, { environment: { DATABASE_URL: url } }) };
    }),
};

type AwayOptions = { readonly works: readonly Work[]; readonly undisturbed: Undisturbed; readonly seconds: number };

/** Shuts the database down for so long while pieces of work are under way. @returns what broke */
export async function throughAway(place: Place, database: OwnDatabase, { works, undisturbed, seconds }: AwayOptions): Promise<string[]> {
  const running = works.map((work) => new Piece(work, place, `${work.name} without a database`).run());
  await sleep(beginMs);
  await database.stop();
  await sleep(seconds * 1000);
  await database.start();
  return differences(await Promise.all(running), undisturbed);
}

/** Our own database, which stops answering without closing a connection, and resumes. */
export const databaseFrozen: Outage = {
  name: "database frozen",
  async run({ port, seconds, say }) {
    const faults = await onGround(port, async ({ application, place }) => {
      const undisturbed = await doUndisturbed(works, place, say);
      const running = works.map((work) => new Piece(work, place, `${work.name} with a frozen database`).run());
      await sleep(beginMs);
      const servers = processesOf(application.home).filter(({ part }) => part === "database");
      for (const { pid } of servers) process.kill(pid, "SIGSTOP");
      await sleep(seconds * 1000);
      for (const { pid } of servers) process.kill(pid, "SIGCONT");
      return differences(await Promise.all(running), undisturbed);
    });
    return { faults };
  },
};
