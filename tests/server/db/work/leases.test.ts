import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { newId } from "@/server/db/new-id";
import { leases } from "@/server/db/tables/work-tables";
import { forgetLeases, forgetWorker } from "@/server/db/work/dead-workers";
import { acquireLease, forgetDeaths, handBackLease, isGood, releaseLease, renewLease } from "@/server/db/work/leases";
import { listWorkers, upsertWorker } from "@/server/db/work/workers";
import { freshDatabase } from "@/tests/support/database";

const { db, url } = await freshDatabase();

const fresh = { deaths: 0, lastDeath: null };
const killed = { how: "was ended by SIGKILL", log: [] };

async function addWorker(id: string): Promise<void> {
  const worker = { host: "here", address: "http://127.0.0.1:1", secret: "s", device: "cpu", backend: "wasm", version: "1" };
  await upsertWorker(db, { id, ...worker, memoryBytes: 3 * 2 ** 30 });
}

async function goodLeases(): Promise<string[]> {
  return (await db.select({ workId: leases.workId }).from(leases).where(isGood())).map(({ workId }) => workId);
}

describe("a lease", () => {
  it("is given to one worker alone, of many that ask at once", async () => {
    const workId = newId();
    const workers = Array.from({ length: 7 }, (_, i) => `worker ${i}`);
    const answers = await Promise.all(workers.map((workerId) => acquireLease(db, { kind: "run", workId, workerId }, 60_000)));
    expect(answers.filter((taken) => taken !== undefined)).toEqual([{ workId, ...fresh }]);
    expect(await goodLeases()).toEqual([workId]);
  });

  it("that has run out goes to another, and the first one learns of it when it renews", async () => {
    const workId = newId();
    const slow = { kind: "collection", workId, workerId: "slow" } as const;
    const next = { kind: "collection", workId, workerId: "next" } as const;
    await acquireLease(db, slow, 30);
    await sleep(60);
    expect(await goodLeases()).not.toContain(workId);
    expect(await acquireLease(db, next, 60_000)).toEqual({ workId, deaths: 1, lastDeath: "its worker fell silent" });
    expect(await renewLease(db, slow, 60_000)).toBe(false);
    await releaseLease(db, slow);
    expect(await renewLease(db, next, 60_000)).toBe(true);
  });

  it("that was released can be taken at once", async () => {
    const lease = { kind: "task", workId: newId(), workerId: "first" } as const;
    await acquireLease(db, lease, 60_000);
    await releaseLease(db, lease);
    expect(await acquireLease(db, { ...lease, workerId: "second" }, 60_000)).toMatchObject(fresh);
  });

  it("of a worker that is known to be dead can be taken at once, with what is known of its death", async () => {
    await addWorker("dead");
    const [ofDead, ofOther] = [newId(), newId()];
    await acquireLease(db, { kind: "run", workId: ofDead, workerId: "dead" }, 60_000);
    await acquireLease(db, { kind: "run", workId: ofOther, workerId: "alive" }, 60_000);
    await forgetWorker(url, "dead", { how: "was ended by SIGSEGV", log: ["reading row 7"] });
    expect(await listWorkers(db)).toEqual([]);
    const next = { kind: "run", workerId: "next" } as const;
    expect(await acquireLease(db, { ...next, workId: ofOther }, 60_000)).toBeUndefined();
    expect(await acquireLease(db, { ...next, workId: ofDead }, 60_000)).toEqual({
      workId: ofDead,
      deaths: 1,
      lastDeath:
        "the worker was ended by SIGSEGV. It held 3.00 GiB of memory at its last heartbeat.\nThe last lines of its log:\nreading row 7",
    });
  });

  it("is charged with one death a worker, whoever finds it first", async () => {
    const workId = newId();
    const of = (workerId: string) => ({ kind: "run", workId, workerId }) as const;
    for (const workerId of ["a", "b"]) {
      await addWorker(workerId);
      await acquireLease(db, of(workerId), 60_000);
      await forgetWorker(url, workerId, killed);
      await forgetWorker(url, workerId, killed);
    }
    await acquireLease(db, of("c"), 30);
    await sleep(60);
    expect(await acquireLease(db, of("d"), 60_000)).toMatchObject({ deaths: 3 });
    await forgetDeaths(db, of("d"));
    await handBackLease(db, of("d"));
    expect(await acquireLease(db, of("e"), 60_000)).toEqual({ workId, ...fresh });
  });

  it("is charged with nothing when it is handed back, or when the database was away as it ran out", async () => {
    const workId = newId();
    const of = (workerId: string) => ({ kind: "run", workId, workerId }) as const;
    await acquireLease(db, of("stopping"), 60_000);
    await handBackLease(db, of("stopping"));
    expect(await acquireLease(db, of("cut off"), 60_000)).toMatchObject(fresh);
    await forgetLeases(url);
    expect(await acquireLease(db, of("cut off, too"), 60_000)).toMatchObject(fresh);
    await db.update(leases).set({ until: sql`pg_postmaster_start_time() - interval '1 second'` });
    expect(await acquireLease(db, of("next"), 60_000)).toMatchObject(fresh);
  });

  it("that a clock which went back has put into the far future can be taken", async () => {
    const workId = newId();
    const of = (workerId: string) => ({ kind: "run", workId, workerId }) as const;
    await acquireLease(db, of("dead"), 60_000);
    expect(await acquireLease(db, of("next"), 60_000)).toBeUndefined();
    await db.update(leases).set({ until: sql`clock_timestamp() + interval '1 hour'` });
    expect(await acquireLease(db, of("next"), 60_000)).toMatchObject({ workId });
  });
});
