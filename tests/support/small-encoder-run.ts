import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import type { Store } from "@/server/db/client";
import { upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun } from "@/server/db/runs/runs";
import { describeModel } from "@/server/runtime/models/describe-model";
import { modelsFolder } from "./fixtures";

type Changes = { readonly task?: RunConfigInput["task"]; readonly collection?: RunConfigInput["collection"] };

const praise = ["a lovely film", "what a joy", "brilliant and warm"];
const blame = ["a dull film", "what a bore", "cold and clumsy", "tiresome", "no good"];

/** A third of the rows is praise, with score 1; the rest blame, with score −0.5. */
function rowOf(row: number): { text: string; label: string; score: number; domain: string } {
  const isPraise = row % 3 === 0;
  const list = isPraise ? praise : blame;
  const text = `${list[row % list.length]}, seen ${row} times over.`;
  return { text, label: isPraise ? "good" : "bad", score: isPraise ? 1 : -0.5, domain: row % 2 === 0 ? "even" : "odd" };
}

/** A run of the small sentence encoder on sixty lines, twelve of them held out; written to the database and queued. */
export async function queueSmallEncoderRun(store: Store, folder: string, changes: Changes = {}): Promise<string> {
  const modelId = "smallencoder";
  await upsertModel(store.db, {
    id: modelId,
    name: "small encoder",
    revision: "test",
    ...describeModel(join(modelsFolder ?? "", "all-minilm-l6-v2")),
  });
  const path = join(folder, "reviews.jsonl");
  writeFileSync(path, Array.from({ length: 60 }, (_, row) => JSON.stringify(rowOf(row))).join("\n"));
  const task = changes.task ?? { kind: "classification" as const };
  const label = task.kind === "regression" ? "score" : "label";
  const config = runConfig.parse({
    model: modelId,
    task,
    data: { kind: "dataSet", path, mapping: { kind: "labelled", text: "text", label, domain: "domain" }, validationRows: 12 },
    adapter: { method: "stan", numLatents: 23, k: 5, init: "small", targets: { modules: ["query", "value"], layers: [1, 4] } },
    training: { steps: 20, batchRows: 5, maxTokens: 32, learningRate: 5e-3, evaluateEvery: 10, checkpointEvery: 10 },
    collection: changes.collection ?? null,
  } satisfies RunConfigInput);
  const id = newId();
  const about = { method: "stan" as const, modelId, modelName: "small encoder", dataSetId: null, dataName: "reviews", seed: 0, steps: 20 };
  await insertRun(store.db, { id, name: "small encoder run", group: null, config, ...about });
  return id;
}
