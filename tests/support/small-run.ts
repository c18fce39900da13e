import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import type { Store } from "@/server/db/client";
import { upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun } from "@/server/db/runs/runs";
import { describeModel } from "@/server/runtime/models/describe-model";

type Changes = {
  readonly adapter?: RunConfigInput["adapter"];
  readonly training?: Partial<RunConfigInput["training"]>;
  readonly collection?: RunConfigInput["collection"];
  readonly text?: (row: number) => string;
  readonly rows?: number;
};

const prompts = ["The function returns", "In the beginning", "A patient with fever", "const x =", "Two plus three is"];

/** A run of the demonstration's model on a few lines of text, small enough for a test; written to the database and queued. */
export async function queueSmallRun(store: Store, folder: string, changes: Changes = {}): Promise<string> {
  const modelId = "smallmodel00";
  await upsertModel(store.db, { id: modelId, name: "small", revision: "test", ...describeModel(resolve("demo/model")) });
  const text = changes.text ?? ((row) => `${prompts[row % prompts.length]} ${row} times over, and then ${row * 7} more.`);
  const path = join(folder, "texts.jsonl");
  const lines = Array.from({ length: changes.rows ?? 60 }, (_, row) =>
    JSON.stringify({ text: text(row), domain: row % 2 === 0 ? "even" : "odd" }),
  );
  writeFileSync(path, lines.join("\n"));
  const config = runConfig.parse({
    model: modelId,
    data: { kind: "dataSet", path, mapping: { kind: "text", text: "text", domain: "domain" }, validationRows: 6 },
    adapter: changes.adapter ?? { method: "stan", numLatents: 23, k: 5, targets: { modules: ["q_proj", "v_proj"] } },
    training: { steps: 30, batchRows: 3, maxTokens: 32, learningRate: 2e-3, evaluateEvery: 10, checkpointEvery: 7, ...changes.training },
    collection: changes.collection ?? null,
  } satisfies RunConfigInput);
  const id = newId();
  const { method } = config.adapter;
  const about = { method, modelId, modelName: "small", dataSetId: null, dataName: "texts", seed: 0, steps: config.training.steps };
  await insertRun(store.db, { id, name: "small run", group: null, config, ...about });
  return id;
}
