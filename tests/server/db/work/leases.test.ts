import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { newId } from "@/server/db/new-id";
import { forgetLeases, forgetWorker } from "@/server/db/work/dead-workers";
import { acquireLease, listLeased, releaseLease, renewLease } from "@/server/db/work/leases";
import { listWorkers, upsertWorker } from "@/server/db/work/workers";
import { freshDatabase } from "@/tests/support/database";

const { db, url } = await freshDatabase();

describe("a lease", () => {
  it("is given to one worker alone, of many that ask at once", async () => {
    const workId = newId();
    const workers = Array.from({ length: 7 }, (_, i) => `worker ${i}`);
    const answers = await Promise.all(workers.map((workerId) => acquireLease(db, { kind: "run", workId, workerId }, 60_000)));
    expect(answers.filter((attempt) => attempt === 1)).toHaveLength(1);
    expect(answers.filter((attempt) => attempt === undefined)).toHaveLength(6);
    expect(await listLeased(db, "run")).toEqual([workId]);
    expect(await listLeased(db, "task")).toEqual([]);
  });

  it("that has run out goes to another, and the first one learns of it when it renews", async () => {
    const workId = newId();
    const slow = { kind: "collection", workId, workerId: "slow" } as const;
    const next = { kind: "collection", workId, workerId: "next" } as const;
    await acquireLease(db, slow, 30);
    await sleep(60);
    expect(await listLeased(db, "collection")).toEqual([]);
    expect(await acquireLease(db, next, 60_000)).toBe(2);
    expect(await renewLease(db, slow, 60_000)).toBe(false);
    await releaseLease(db, slow);
    expect(await renewLease(db, next, 60_000)).toBe(true);
  });

  it("that was given back can be taken at once", async () => {
    const lease = { kind: "task", workId: newId(), workerId: "first" } as const;
    await acquireLease(db, lease, 60_000);
    await releaseLease(db, lease);
    expect(await acquireLease(db, { ...lease, workerId: "second" }, 60_000)).toBe(1);
  });

  it("of a worker that is known to be dead is let go at once", async () => {
    const worker = { host: "", address: "http://127.0.0.1:1", secret: "s", device: "cpu", backend: "wasm", version: "1", memoryBytes: 1 };
    await upsertWorker(db, { id: "dead", ...worker });
    const [ofDead, ofOther] = [newId(), newId()];
    await acquireLease(db, { kind: "run", workId: ofDead, workerId: "dead" }, 60_000);
    await acquireLease(db, { kind: "run", workId: ofOther, workerId: "alive" }, 60_000);
    await forgetWorker(url, "dead");
    const leased = await listLeased(db, "run");
    expect([leased.includes(ofDead), leased.includes(ofOther)]).toEqual([false, true]);
    expect(await listWorkers(db)).toEqual([]);
    await forgetLeases(url);
    expect(await listLeased(db, "run")).toEqual([]);
  });
});
