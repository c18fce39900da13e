import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { readRun } from "@/server/db/runs/runs";
import { ConstantAnswers } from "@/server/jobs/constant-answers";
import { freshDatabase } from "@/tests/support/database";
import { jobAtWork } from "@/tests/support/job-at-work";
import { storedRun } from "@/tests/support/stored-collection";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();

test("a constant prediction that could not be read for once is read again, and one that was read is remembered", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "targets.jsonl");
  const config = runConfig.parse({
    model: "m1",
    task: { kind: "regression" },
    data: { kind: "dataSet", path, mapping: { kind: "labelled", text: "text", label: "label" } },
    adapter: { method: "head" },
    training: { steps: 3, learningRate: 1e-3 },
  } satisfies RunConfigInput);
  const run = await readRun(store.db, await storedRun(store));
  if (run === undefined) throw new Error("no run");
  const answers = new ConstantAnswers(jobAtWork(store, { taskId: "t", dataFolder: folder }).context);
  // Of a data set of texts the base model is not asked.
  const answer = () => answers.of(run, config, {} as never);
  expect(await answer()).toBeNull();
  const write = (labels: number[]) => writeFileSync(path, labels.map((label) => JSON.stringify({ text: "a", label })).join("\n"));
  write([2, 4, 9]);
  const read = await answer();
  expect(read).toMatchObject({ kind: "number", value: expect.any(Number) });
  write([200, 400, 900]);
  expect(await answer()).toEqual(read);
});
