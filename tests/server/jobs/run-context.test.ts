import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runConfig } from "@/lib/contract/run-config";
import { upsertModel } from "@/server/db/library/models";
import { addRunProvenance, readRun } from "@/server/db/runs/runs";
import { startEngine } from "@/server/engine/tensor/backend";
import { openRun } from "@/server/jobs/open-run";
import { runFolders } from "@/server/jobs/run-folders";
import { describeModel } from "@/server/runtime/models/describe-model";
import { createRuntime } from "@/server/runtime/runtime";
import { runTraining } from "@/server/runtime/training/training-session";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const now = () => performance.now();
const nothing = async () => {};

/** The demonstration's model, with positions that are scaled beyond 16 tokens by how long texts are. */
function layScaledModel(folder: string): string {
  const path = join(folder, "model");
  cpSync("demo/model", path, { recursive: true });
  const config = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
  const rope_parameters = { rope_type: "dynamic", rope_theta: 10_000, factor: 4 };
  writeFileSync(join(path, "config.json"), JSON.stringify({ ...config, max_position_embeddings: 16, rope_parameters }));
  return path;
}

test("a run is opened with the rotary scaling that its longest row chose, for short rows too", async () => {
  await startEngine();
  const folder = temporaryFolder();
  const maxTokens = 32;
  const id = await queueSmallRun(store, folder, {
    text: (row) => `${row} `.repeat(maxTokens),
    training: { steps: 1, maxTokens, evaluateEvery: 0 },
  });
  const path = layScaledModel(folder);
  const { config } = (await readRun(store.db, id)) ?? expect.fail("no run");
  await upsertModel(store.db, { id: config.model, name: "scaled", revision: "test", ...describeModel(path) });
  const runtime = createRuntime(now);
  const base = await runtime.textBase(path, "exact", "background");
  await runTraining({
    config: { ...runConfig.parse(config), model: path },
    base: base.value,
    about: { baseModel: "scaled", revision: null },
    adapterFolder: runFolders(folder, id).adapter,
    checkpointFolder: runFolders(folder, id).checkpoint,
    isResumed: true,
    turns: runtime.turns,
    recorder: {
      begin: (_, provenance) => addRunProvenance(store.db, id, { ...provenance }),
      step: nothing,
      evaluation: nothing,
      health: nothing,
      cost: nothing,
      log: nothing,
      flush: nothing,
      checkpoint: nothing,
    },
    order: () => "continue",
    signal: new AbortController().signal,
  });
  const open = await openRun({ store, runtime, dataFolder: folder, modelIds: new Map(), now }, id);
  expect(open.run.provenance["context"]).toBe(String(maxTokens));
  const ids = Int32Array.of(9, 8, 7, 6, 5, 4);
  const short = { ids, rows: 1, tokens: ids.length, labels: ids };
  const losses = open.base.model.tokenLosses(short);
  expect(losses).toEqual(base.value.model.forContext(maxTokens).tokenLosses(short));
  expect(losses).not.toEqual(base.value.model.tokenLosses(short));
  open.close();
  base.release();
});
