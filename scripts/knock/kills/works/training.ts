import { join } from "node:path";
import type { RunDetail, RunSummary } from "@/lib/contract/run";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { doubled, endOf, hashOf, hashOfTensors, type Place, type Work } from "@/scripts/knock/kills/work";

const targets = { modules: ["q_proj", "v_proj"] };
const training = { steps: 60, batchRows: 3, maxTokens: 32, learningRate: 2e-3, evaluateEvery: 20, evaluationRows: 6, checkpointEvery: 7 };

export function textRows({ dataSet }: Pick<Place, "dataSet">) {
  const mapping = { kind: "text" as const, text: "text", domain: "domain" };
  return { kind: "dataSet" as const, dataSetId: dataSet, mapping, validationRows: 6 };
}

export const trainings: readonly Work[] = [
  trainingOf("train stan", (place) => ({
    model: place.model,
    data: textRows(place),
    adapter: { method: "stan", numLatents: 23, k: 5, targets },
    training,
  })),
  trainingOf("train lora", (place) => ({
    model: place.model,
    data: textRows(place),
    adapter: { method: "lora", rank: 4, alpha: 8, dropout: 0.1, targets },
    training,
  })),
  trainingOf("train full", (place) => ({ model: place.model, data: textRows(place), adapter: { method: "full", targets }, training })),
  trainingOf("train head", (place) => ({
    model: place.encoder,
    task: { kind: "classification", labels: ["low", "middle", "high"] },
    data: { kind: "tokenRows", path: place.tokenRows, validationPath: place.tokenRows },
    adapter: { method: "head" },
    training: { ...training, steps: 200 },
  })),
  trainingOf("train vera", (place) => ({
    model: place.model,
    frozenDtype: "nf4",
    data: textRows(place),
    adapter: { method: "vera", rank: 4, dropout: 0.1, targets },
    training: { ...training, packing: true },
  })),
  trainingOf("train batchtopk", (place) => ({
    model: place.packedModel,
    frozenDtype: "stored",
    data: textRows(place),
    adapter: { method: "stan", numLatents: 23, k: 5, sparsity: "batchtopk", targets },
    training: { ...training, recomputeBlocks: true },
  })),
];

function trainingOf(name: string, configOf: (place: Place) => RunConfigInput): Work {
  return {
    name,
    async start(place, { label, key }) {
      const run = (await place.client.send("POST", "/api/runs", { name: label, config: configOf(place) }, key)) as RunSummary;
      return run.id;
    },
    find: (place, { label }) => runsNamed(place, label),
    ended: runEnded,
    async result(place, id) {
      const { metrics, evaluations } = await detailOf(place, id);
      const losses = metrics.map(({ step, loss, gradNorm, tokens }) => [step, loss, gradNorm, tokens]);
      const evaluated = evaluations.map(({ step, loss, baseLoss, rows }) => [step, loss, baseLoss, rows]);
      return hashOf(hashOfTensors(join(place.home, "runs", id, "adapter")), JSON.stringify(losses), JSON.stringify(evaluated));
    },
    async faults(place, id) {
      const { metrics, evaluations, health, run } = await detailOf(place, id);
      return [
        ...doubled(
          "step",
          metrics.map(({ step }) => step),
        ),
        ...doubled(
          "evaluation of step",
          evaluations.map(({ step }) => step),
        ),
        ...doubled(
          "health of step",
          health.map(({ step }) => step),
        ),
        ...(metrics.length === run.steps ? [] : [`${metrics.length} steps are kept of ${run.steps}`]),
      ];
    },
    remove: removeRun,
  };
}

export async function runsNamed(place: Place, name: string): Promise<string[]> {
  const { runs } = await place.client.get<{ runs: RunSummary[] }>("/api/runs");
  return runs.filter((run) => run.name === name).map(({ id }) => id);
}

export async function runEnded(place: Place, id: string): Promise<string | undefined> {
  return endOf((await detailOf(place, id)).run);
}

export async function removeRun(place: Place, id: string): Promise<void> {
  await place.client.remove(`/api/runs/${id}`);
}

function detailOf(place: Place, id: string): Promise<RunDetail> {
  return place.client.get<RunDetail>(`/api/runs/${id}`);
}
