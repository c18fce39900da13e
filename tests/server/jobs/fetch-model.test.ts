import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { smallModelFolder } from "@/demo/configuration";
import { writeKeptHub } from "@/server/db/library/kept-hub";
import { readModel } from "@/server/db/library/models";
import { readJob } from "@/server/db/work/jobs";
import { fetchModel } from "@/server/jobs/fetch-model";
import { addModel } from "@/server/services/library/add-model";
import { fakeHub } from "@/tests/support/fake-hub";
import { jobAtWork } from "@/tests/support/job-at-work";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { store, dataFolder } = context;
const commit = "0123456789abcdef0123456789abcdef01234567";
const token = "hf_secret";

afterEach(() => vi.unstubAllEnvs());

/** A hub that gives the demonstration's small model to whoever has the token, its weights from another host. */
async function gatedHub(id: string) {
  const names = readdirSync(smallModelFolder).filter((name) => /\.(json|safetensors)$/.test(name));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(smallModelFolder, name))]));
  const hub = await fakeHub(id, commit, files);
  Object.assign(hub, { token, isElsewhere: true });
  vi.stubEnv("HF_ENDPOINT", hub.url);
  return hub;
}

async function aJob(hubId: string) {
  const { id } = await addModel(context, { source: "hub", id: hubId });
  const input = (await readJob(store.db, id))?.input;
  if (input?.kind !== "fetchModel") throw new Error("no model is fetched");
  return { input, run: jobAtWork(store, { taskId: id, dataFolder }) };
}

describe("a gated model", () => {
  it("is fetched with the token that is kept, resumed after a cut, and the token is in no report and no row of the job", async () => {
    const hub = await gatedHub("owner/small");
    await writeKeptHub(store.db, { isOn: false, token, origin: hub.url });
    // The tokenizer is a large file as well, and comes first.
    hub.breakAfter.push(1_000_000, 4_000_000);
    const { input, run } = await aJob("owner/small");
    const id = await fetchModel(run, input.source);
    expect(await readModel(store.db, id)).toMatchObject({ name: "small", revision: `owner/small@${commit}`, architecture: "llama" });
    expect(hub.requests.filter((path) => path.startsWith("model.safetensors"))).toEqual([
      expect.stringMatching(/^model\.safetensors 0-/),
      // What was still on its way when the connection broke is lost.
      expect.stringMatching(/^model\.safetensors [34]\d{6}-/),
    ]);
    const elsewhere = hub.seen.filter(({ host }) => host === "elsewhere");
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.every(({ authorization }) => authorization === undefined)).toBe(true);
    const { rows } = await store.pool.query("SELECT row_to_json(tasks)::text AS text FROM tasks");
    expect(JSON.stringify([rows, run.reports])).not.toContain(token);
  });

  it("fails without the token, saying what to do", async () => {
    const hub = await gatedHub("owner/other");
    await writeKeptHub(store.db, { isOn: false, token: "", origin: hub.url });
    const { input, run } = await aJob("owner/other");
    const failed = await fetchModel(run, input.source).catch(String);
    expect(failed).toContain(`accept the licence on the model's page (${hub.url}/owner/other) and enter an access token`);
  });
});
