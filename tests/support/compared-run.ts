import type { LoraConfig } from "@/lib/contract/methods/lora/settings";
import type { AnswerMetric, EvaluationMetrics, RunCost } from "@/lib/contract/run";
import type { RunConfig } from "@/lib/contract/run-config";
import type { Store } from "@/server/db/client";
import { newId } from "@/server/db/new-id";
import { appendEvaluation, appendMetrics } from "@/server/db/runs/run-progress";
import { insertRun, type RunRow, readRun, setRunProgress, setRunStatus } from "@/server/db/runs/runs";
import { someConfig } from "./stored-collection";

type Changes = {
  readonly name?: string;
  readonly seed?: number;
  readonly adapter?: RunConfig["adapter"];
  readonly training?: Partial<RunConfig["training"]>;
  readonly data?: Partial<Extract<RunConfig["data"], { kind: "dataSet" }>>;
  readonly modelName?: string;
  readonly dataSetId?: string;
  readonly task?: RunConfig["task"];
  readonly status?: RunRow["status"];
  /** Held-out loss at steps 0 and 5, the base model's being 3. */
  readonly losses?: readonly [number, number];
  /** Loss sums of the 37 rows evaluated at step 5, of 10 label tokens each; not kept unless told, as in earlier versions. */
  readonly rowLosses?: readonly number[];
  /** Of the evaluation at step 5, of a classifier. */
  readonly accuracy?: number;
  /** The class that it gives each of those rows, and the right one; not kept unless told. */
  readonly predictions?: readonly (readonly [predicted: number, target: number])[];
  readonly cost?: Partial<RunCost>;
  readonly experiment?: RunRow["experiment"];
};

export const someLora: LoraConfig = { method: "lora", rank: 3, alpha: 6, targets: { modules: ["q_proj"], layers: null } };

/** A run that was trained for 5 steps of 11 tokens and half a second. */
export async function comparedRun({ db }: Store, changes: Changes = {}): Promise<RunRow> {
  const { name = "a run", seed = 3, adapter = someConfig.adapter, modelName = "a model", status = "finished", losses } = changes;
  if (someConfig.data.kind !== "dataSet") throw new Error("the configuration of tests reads a data set");
  const config: RunConfig = {
    ...someConfig,
    adapter,
    ...(changes.task === undefined ? {} : { task: changes.task }),
    data: { ...someConfig.data, ...changes.data },
    training: { ...someConfig.training, ...changes.training, seed },
  };
  const id = newId();
  const names = {
    name,
    modelId: modelName === "a model" ? "m1" : modelName,
    modelName,
    dataSetId: changes.dataSetId ?? "d1",
    dataName: "data",
  };
  const cost = {
    trainableParameters: adapter.method === "stan" ? 700 : 300,
    activeParameters: adapter.method === "stan" ? 200 : 300,
    baseParameters: 1000,
    flopsPerToken: 13,
    adapterBytes: 2800,
    medianStepMs: 7,
    tokensPerSecond: 22,
    peakMemoryBytes: 1 << 20,
    besideShare: 0,
    ...changes.cost,
  };
  await insertRun(db, { id, ...names, method: adapter.method, seed, config, steps: 5, cost, experiment: changes.experiment ?? null });
  const steps = [1, 2, 3, 4, 5];
  await appendMetrics(
    db,
    id,
    steps.map((step) => ({ step, loss: 3, gradNorm: 1, learningRate: 0.01, tokens: step * 11, labelTokens: step * 11, seconds: step / 2 })),
  );
  if (losses !== undefined) {
    await appendEvaluation(db, id, evaluation(0, losses[0]));
    const answers = changes.predictions?.map(([predicted, target]) => ({ lossSum: 1, labelTokens: 1, answer: { predicted, target } }));
    const rows = answers ?? (changes.rowLosses ?? []).map((lossSum) => ({ lossSum, labelTokens: 10 }));
    await appendEvaluation(db, id, { ...evaluation(5, losses[1]), ...answersOf(changes.accuracy) }, rows);
  }
  await setRunProgress(db, id, { step: 5, secondsLeft: null });
  await setRunStatus(db, id, status);
  const row = await readRun(db, id);
  if (row === undefined) throw new Error("the run was not stored");
  return row;
}

function evaluation(step: number, loss: number): EvaluationMetrics {
  const difference = loss - 3;
  return { step, loss, baseLoss: 3, rows: 37, labelTokens: 370, difference, differenceHalfWidth: 0.1, byDomain: [] };
}

function answersOf(accuracy: number | undefined): { answers?: AnswerMetric[] } {
  return accuracy === undefined ? {} : { answers: [{ name: "accuracy", value: accuracy, low: null, high: null, constant: 0.5 }] };
}
