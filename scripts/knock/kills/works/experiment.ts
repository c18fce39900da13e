import { join } from "node:path";
import type { ExperimentDetail, ExperimentInput, ExperimentSummary } from "@/lib/contract/experiment";
import { doubled, endOf, hashOf, hashOfTensors, type Place, type Work } from "@/scripts/knock/kills/work";
import { removeRun, textRows } from "./training";

function requestOf(place: Place, name: string): ExperimentInput {
  const targets = { modules: ["v_proj"] };
  return {
    name,
    model: place.model,
    data: textRows(place),
    training: { steps: 6, batchRows: 2, maxTokens: 24, evaluateEvery: 0, evaluationRows: 6, checkpointEvery: 3 },
    arms: [
      {
        name: "STAN",
        adapters: [{ method: "stan", numLatents: 8, k: 4, targets }],
        learningRates: { kind: "list", values: [0.003, 0.01] },
      },
      { name: "LoRA", adapters: [{ method: "lora", rank: 8, alpha: 8, targets }], learningRates: { kind: "list", values: [0.001, 0.003] } },
    ],
    finalSeeds: [1],
    measuresReportRows: false,
  };
}

export const experimentWork: Work = {
  name: "experiment",
  async start(place, { label, key }) {
    return ((await place.client.send("POST", "/api/experiments", requestOf(place, label), key)) as ExperimentDetail).experiment.id;
  },
  async find(place, { label }) {
    const { experiments } = await place.client.get<{ experiments: ExperimentSummary[] }>("/api/experiments");
    return experiments.filter(({ name }) => name === label).map(({ id }) => id);
  },
  async ended(place, id) {
    return endOf((await detailOf(place, id)).experiment);
  },
  async result(place, id) {
    const { trials } = await detailOf(place, id);
    const made = trials.map(({ stage, arm, trial, learningRate, evaluation, run }) => {
      const tensors = run === null ? null : hashOfTensors(join(place.home, "runs", run.id, "adapter"));
      return [stage, arm, trial, learningRate, evaluation?.loss, tensors];
    });
    return hashOf(JSON.stringify(made));
  },
  async faults(place, id) {
    const { trials } = await detailOf(place, id);
    return doubled(
      "trial",
      trials.map(({ stage, arm, trial }) => `${stage} ${arm} ${trial}`),
    );
  },
  async remove(place, id) {
    const { trials } = await detailOf(place, id);
    await place.client.remove(`/api/experiments/${id}`);
    for (const { run } of trials) if (run !== null) await removeRun(place, run.id);
  },
};

function detailOf(place: Place, id: string): Promise<ExperimentDetail> {
  return place.client.get<ExperimentDetail>(`/api/experiments/${id}`);
}
