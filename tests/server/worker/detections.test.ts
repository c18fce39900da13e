import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startDetectionRequest } from "@/lib/contract/detection";
import { readRun } from "@/server/db/runs/runs";
import { getDetection, startDetection } from "@/server/services/concepts/detections";
import { openContext, type ServiceContext } from "@/server/services/context";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { describedData } from "@/tests/support/stored-collection";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { untilJobEnds } from "@/tests/support/until-job-ends";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
let folder: string;
let context: ServiceContext;

beforeEach(() => {
  folder = temporaryFolder();
  context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: folder });
  onTestFinished(() => context.store.close());
});

async function finishedRun(adapter: Parameters<typeof queueSmallRun>[2]): Promise<string> {
  const run = await queueSmallRun(store, folder, adapter);
  await eventually("the run is finished", async () => {
    const row = await readRun(store.db, run);
    if (row?.status === "failed") throw new Error(row.error ?? "failed");
    return row?.status === "finished" ? row : undefined;
  });
  return run;
}

/** A dataset by its id, with a column `topic`. */
async function layData(id: string, rows: readonly { text: string; topic: string }[]): Promise<void> {
  const path = join(folder, `${id}.jsonl`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const columns = ["text", "topic"].map((name) => ({ name, samples: [], distinct: 2 }));
  await describedData(store, { id, name: id, path, rows: rows.length, columns });
}

async function detect(run: string, dataSetId: string, probe = false) {
  const { id, task: job } = await startDetection(context, run, startDetectionRequest.parse({ dataSetId, by: "topic", probe }));
  const ended = await untilJobEnds(store, job?.id ?? "");
  return { ended, detection: await getDetection(context, id) };
}

const numbers = Array.from({ length: 6 }, (_, n) => ({ text: `${n} plus ${n + 3} is ${2 * n + 3}, and ${n} times ${n}.`, topic: "sums" }));
const whales = [
  "The white whale rose.",
  "A ship went out.",
  "He looked at the sea.",
  "The captain slept.",
  "Waves broke.",
  "It was night.",
];
const stories = whales.map((text) => ({ text, topic: "the sea" }));

describe("detections on a worker", () => {
  test("score the latents of STAN and both ends of LoRA's components, and are refused where the data is not enough", async () => {
    await startWorker(store.url, folder);
    const targets = { modules: ["v_proj"], layers: [1, 4] };
    const training = { steps: 12, learningRate: 0.05 };
    const stan = await finishedRun({ adapter: { method: "stan", numLatents: 23, k: 5, targets }, training });
    await layData("topics", [...numbers, ...stories]);
    const { ended, detection } = await detect(stan, "topics");
    expect([ended.status, ended.error, ended.message]).toEqual(["finished", null, "2 concepts of topics"]);
    expect([ended.done, ended.total]).toEqual([12, 12]);
    expect(detection.concepts?.map(({ name, rows }) => [name, rows.positives, rows.negatives])).toEqual([
      ["sums", 6, 6],
      ["the sea", 6, 6],
    ]);
    for (const { chosen, top } of detection.concepts ?? []) {
      expect(chosen?.latent.module).toMatch(/^model\.layers\.[14]\.self_attn\.v_proj$/);
      expect(top.length).toBe(20);
      expect(top.map(({ ranking }) => ranking.auroc)).toEqual(top.map(({ ranking }) => ranking.auroc).toSorted((a, b) => b - a));
      expect(top.every(({ sign }) => sign === 1)).toBe(true);
    }

    expect(detection.probes).toBeNull();

    const probed = await detect(stan, "topics", true);
    expect([probed.ended.status, probed.ended.error, probed.ended.done, probed.ended.total]).toEqual(["finished", null, 24, 24]);
    expect(probed.detection.concepts).toEqual(detection.concepts);
    expect(probed.detection.probes?.length).toBe(2);
    for (const { module, rows, latents, channels, dense, constant } of probed.detection.probes ?? []) {
      expect(module).toMatch(/^model\.layers\.[14]\.self_attn\.v_proj$/);
      expect(rows).toEqual({ train: { positives: 3, negatives: 3 }, test: { positives: 3, negatives: 3 } });
      expect([latents, channels].map((probes) => probes.map(({ k }) => k))).toEqual([
        [1, 2, 5, 20],
        [1, 2, 5, 20],
      ]);
      expect(latents.slice(0, 3).map(({ chosen }) => chosen.length)).toEqual([1, 2, 5]);
      expect([dense.k, constant]).toEqual([256, 0.5]);
    }

    const lora = await finishedRun({ adapter: { method: "lora", rank: 8, alpha: 8, targets }, training });
    const ofLora = await detect(lora, "topics", true);
    expect([ofLora.ended.status, ofLora.ended.error]).toEqual(["finished", null]);
    expect(new Set(ofLora.detection.concepts?.flatMap(({ top }) => top.map(({ sign }) => sign)))).toEqual(new Set([1, -1]));
    expect(ofLora.detection.probes?.map(({ latents }) => latents.map(({ chosen }) => chosen.length))).toEqual([
      [1, 2, 5, 8],
      [1, 2, 5, 8],
    ]);

    const many = Array.from({ length: 260 }, (_, n) => ({ text: `${n} and ${n}.`, topic: "sums" }));
    await layData("many", [...many, ...stories]);
    const ofMany = await detect(stan, "many");
    expect([ofMany.ended.error, ofMany.ended.total]).toEqual([null, 256]);
    expect(ofMany.detection.concepts?.[0]?.rows).toEqual({ positives: 250, negatives: 6, hardNegatives: 0 });

    await layData("few", [{ text: "alone", topic: "one" }, ...stories]);
    const few = await detect(stan, "few");
    expect(few.ended).toMatchObject({ status: "failed", error: expect.stringContaining('the concept "one" has 1 positive') });
    expect(few.detection.concepts).toBeNull();
  });
});
