import { describe, expect, it } from "vitest";
import { newId } from "@/server/db/new-id";
import { askJobToCancel, insertJob, latestJob, readJob, setJobProgress, setJobStatus } from "@/server/db/work/jobs";
import { heartbeat, listLivingWorkers, listWorkers, upsertWorker } from "@/server/db/work/workers";
import { freshDatabase } from "@/tests/support/database";

const { db, pool } = await freshDatabase();

describe("workers", () => {
  it("live while their heart beats, and are shown without their secret", async () => {
    const worker = {
      host: "here",
      address: "http://127.0.0.1:1",
      secret: "s",
      device: "cpu",
      backend: "tensorflow",
      version: "1",
      memoryBytes: 1,
    };
    await upsertWorker(db, { id: "a", ...worker });
    await upsertWorker(db, { id: "b", ...worker });
    await pool.query("UPDATE workers SET heartbeat_at = now() - interval '1 minute'");
    await heartbeat(db, "b", { memoryBytes: 2 ** 33, loadedModels: ["m"], doing: "run" });
    const shown = await listWorkers(db);
    expect(shown).toMatchObject([
      { id: "b", isAlive: true, memoryBytes: 2 ** 33, loadedModels: ["m"], doing: "run" },
      { id: "a", isAlive: false, doing: null },
    ]);
    expect(JSON.stringify(shown)).not.toContain("secret");
    expect((await listLivingWorkers(db)).map(({ id, secret }) => [id, secret])).toEqual([["b", "s"]]);
  });
});

describe("jobs", () => {
  it("keep what their job needs, and how far it is", async () => {
    const id = newId();
    const input = { kind: "addModel", path: "/m", name: null, isOwned: false } as const;
    await insertJob(db, { id, kind: "addModel", title: "Add m", input, unit: "bytes", total: null });
    await setJobStatus(db, id, "running");
    await setJobProgress(db, id, { done: 5e12, total: 1e13, message: "reading" });
    expect(await readJob(db, id)).toMatchObject({ input, status: "running", done: 5e12, total: 1e13, isCancelAsked: false });
    expect(await askJobToCancel(db, id)).toBe(true);
    await setJobStatus(db, id, "failed", "the disk is full");
    expect(await latestJob(db, "addModel")).toMatchObject({ id, status: "failed", error: "the disk is full" });
    expect(await askJobToCancel(db, id)).toBe(false);
    expect(await setJobStatus(db, id, "running")).toBe(false);
    expect(await readJob(db, id)).toMatchObject({ status: "failed", error: "the disk is full" });
  });
});
