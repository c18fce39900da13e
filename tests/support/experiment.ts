import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ExperimentInput, type ExperimentRequest, experimentRequest } from "@/lib/contract/experiment";
import type { Store } from "@/server/db/client";
import { upsertModel } from "@/server/db/library/models";
import { describeModel } from "@/server/runtime/models/describe-model";
import type { ServiceContext } from "@/server/services/context";
import { storedDataSet } from "./stored-data-set";

const targets = { modules: ["v_proj"], layers: [1] };

/** Whether a line is of the domain "odd": every other ten are. */
export function isOdd(row: number): boolean {
  return Math.floor(row / 10) % 2 === 1;
}

/** The demonstration's model and a few lines of text, of which 12 are held out, and an experiment of two arms with two rates each on them. */
export async function smallExperiment(context: ServiceContext, changes: Partial<ExperimentInput> = {}): Promise<ExperimentRequest> {
  const path = join(context.dataFolder, "lines.jsonl");
  const lines = Array.from({ length: 60 }, (_, row) =>
    JSON.stringify({ text: `Line ${row} of many, and then ${row * 7} more of them.`, domain: isOdd(row) ? "odd" : "even" }),
  );
  writeFileSync(path, lines.join("\n"));
  const data = await storedDataSet(context, path);
  const { training, data: rows, ...others } = changes;
  return experimentRequest.parse({
    name: "small",
    model: await demonstrationModel(context.store),
    data: { kind: "dataSet", mapping: { kind: "text", text: "text" }, validationRows: 12, ...rows, dataSetId: data.id },
    training: { steps: 12, batchRows: 3, maxTokens: 24, evaluateEvery: 4, evaluationRows: 12, checkpointEvery: 4, ...training },
    arms: [
      {
        name: "STAN",
        adapters: [{ method: "stan", numLatents: 7, k: 2, targets }],
        learningRates: { kind: "list", values: [0.003, 0.03] },
      },
      { name: "LoRA", adapters: [{ method: "lora", rank: 7, alpha: 14, targets }], learningRates: { kind: "list", values: [0.001, 0.01] } },
    ],
    finalSeeds: [1, 2],
    ...others,
  } satisfies ExperimentInput);
}

async function demonstrationModel({ db }: Store): Promise<string> {
  const id = "smallmodel00";
  await upsertModel(db, { id, name: "small", revision: "test", ...describeModel(resolve("demo/model")) });
  return id;
}
