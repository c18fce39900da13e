import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { smallModelFolder } from "@/demo/configuration";
import { readModel } from "@/server/db/library/models";
import { readJob } from "@/server/db/work/jobs";
import { addModel as addInJob } from "@/server/jobs/add-model";
import { getHubCache } from "@/server/services/hub/cache";
import { addModel } from "@/server/services/library/add-model";
import { cacheModel } from "@/tests/support/hub-cache";
import { jobAtWork } from "@/tests/support/job-at-work";
import { freshContext } from "@/tests/support/service-context";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();
const commit = "c".repeat(40);

afterEach(() => vi.unstubAllEnvs());

/** A cache with the demonstration's small model. */
function aCache(): { cache: string; snapshot: string } {
  const cache = temporaryFolder();
  const names = readdirSync(smallModelFolder).filter((name) => /\.(json|safetensors)$/.test(name));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(smallModelFolder, name))]));
  vi.stubEnv("HF_HUB_CACHE", cache);
  return { cache, snapshot: cacheModel(cache, "owner/small", commit, files) };
}

describe("a model in the hub's cache", () => {
  it("is listed, and added in place by the folder that its tools made, under its name and commit", async () => {
    const { cache, snapshot } = aCache();
    const { folder, models } = await getHubCache(context);
    expect([folder, models]).toMatchObject([cache, [{ id: "owner/small", path: snapshot, support: { isSupported: true } }]]);
    const job = await addModel(context, { source: "folder", path: join(cache, "models--owner--small") });
    expect(job.title).toBe("Add owner/small");
    expect((await readJob(context.store.db, job.id))?.input).toEqual({ kind: "addModel", path: snapshot, name: null, isOwned: false });
    const run = jobAtWork(context.store, { taskId: job.id, dataFolder: context.dataFolder });
    const id = await addInJob(run, { path: snapshot, name: null, isOwned: false });
    const revision = `owner/small@${commit}`;
    expect(await readModel(context.store.db, id)).toMatchObject({ name: "small", path: snapshot, revision });
    expect(models[0]?.revision).toBe(revision);
  });

  it("is named by its hash where the folder is a copy elsewhere", async () => {
    const { snapshot } = aCache();
    const copy = join(temporaryFolder(), "copy");
    cpSync(snapshot, copy, { recursive: true, dereference: true });
    const run = jobAtWork(context.store, { taskId: "t", dataFolder: context.dataFolder });
    const id = await addInJob(run, { path: copy, name: null, isOwned: false });
    expect((await readModel(context.store.db, id))?.revision).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("is neither listed nor added where requests may not name its folder", async () => {
    const { cache } = aCache();
    const exposed = { ...context, folders: [] };
    expect(await getHubCache(exposed)).toEqual({ folder: null, models: [] });
    await expect(addModel(exposed, { source: "folder", path: cache })).rejects.toMatchObject({ code: "forbidden" });
    expect((await getHubCache({ ...context, folders: [cache] })).models).toHaveLength(1);
  });
});
