import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onGround } from "@/scripts/knock/ground";
import { Piece } from "@/scripts/knock/kills/piece";
import { differences, doUndisturbed } from "@/scripts/knock/kills/undisturbed";
import { collectionWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import { uploadWork } from "@/scripts/knock/kills/works/transfers";
import type { Outage } from "@/scripts/knock/outages/outage";
import { processesOf } from "@/scripts/knock/processes";
import { startPostgres } from "@/scripts/postgres.mjs";

const works = [...trainings.slice(0, 1), collectionWork, studyWork, uploadWork];
/** After the work was asked for. */
const beginMs = 700;

/** A database of the operator's own, which is shut down in the middle of work and comes back. */
export const databaseAway: Outage = {
  name: "database away and back",
  async run({ port, seconds, say }) {
    const folder = mkdtempSync(join(tmpdir(), "stanscope-knock-database-"));
    let postgres = await startPostgres(folder);
    try {
      const campaign = async ({ place }: Parameters<Parameters<typeof onGround>[1]>[0]) => {
        const undisturbed = await doUndisturbed(works, place, say);
        const running = works.map((work) => new Piece(work, place, `${work.name} without a database`).run());
        await sleep(beginMs);
        await postgres.stop();
        await sleep(seconds * 1000);
        postgres = await startPostgres(folder);
        return differences(await Promise.all(running), undisturbed);
      };
      return { faults: await onGround(port, campaign, { environment: { DATABASE_URL: postgres.url } }) };
    } finally {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Our own database, which stops answering without closing a connection, and goes on. */
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
