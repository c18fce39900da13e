import type { RunCost } from "@/lib/contract/run";
import { type AdapterConfig, runConfig } from "@/lib/contract/run-config";
import type { ReportedRun } from "@/server/report/material";

const targets = { modules: ["query", "value"], layers: null };
const stan: AdapterConfig = { method: "stan", numLatents: 61, k: 7, alpha: 1, selection: "signed", init: "zero", targets };
const lora: AdapterConfig = { method: "lora", rank: 61, alpha: 122, targets };
export const adapters = { STAN: stan, LoRA: lora };
export const rates = { STAN: [0.001, 0.002, 0.005], LoRA: [0.0003, 0.001, 0.003] };
export const seeds = [1, 2, 3];
export type ArmName = keyof typeof adapters;
export const arms: readonly ArmName[] = ["STAN", "LoRA"];
export const mapping = { kind: "labelled" as const, text: "text", label: "label", domain: "domain" };

export function lossAt(arm: ArmName, seed: number, step: number): number {
  return 1.089 - (step / 100) * (arm === "STAN" ? 0.41 : 0.37) + (step === 0 ? 0 : seed / 100);
}

export function costOf(arm: ArmName): RunCost {
  const isStan = arm === "STAN";
  return {
    trainableParameters: 562_176,
    activeParameters: isStan ? 64_512 : 562_176,
    baseParameters: 22_713_216,
    headParameters: 1155,
    flopsPerToken: isStan ? 43_100_000 : 43_600_000,
    adapterBytes: 2_248_704,
    medianStepMs: isStan ? 131 : 113,
    tokensPerSecond: isStan ? 1700 : 1970,
    peakMemoryBytes: 413 << 20,
    besideShare: 0,
  };
}

export function reportedRun(arm: ArmName, seed: number): ReportedRun {
  const id = `${arm}-${seed}`;
  const config = runConfig.parse({
    model: "m1",
    task: { kind: "classification" },
    data: { kind: "dataSet", dataSetId: "d1", path: "/home/someone/data/reviews.jsonl", mapping, heldOutPart: "report" },
    adapter: adapters[arm],
    training: { steps: 100, maxTokens: 64, learningRate: rates[arm][1] ?? 0, seed },
  });
  const loss = lossAt(arm, seed, 100);
  const evaluation = {
    step: 100,
    loss,
    baseLoss: 1.089,
    rows: 211,
    labelTokens: 211,
    difference: loss - 1.089,
    differenceHalfWidth: 0.02,
    byDomain: [],
  };
  return {
    run: {
      id,
      name: `${arm} final seed ${seed}`,
      method: adapters[arm].method,
      modelId: "m1",
      modelName: "small encoder",
      dataName: "Reviews",
      seed,
      status: "finished",
      error: null,
      step: 100,
      steps: 100,
      secondsLeft: null,
      isResumable: true,
      latestEvaluation: evaluation,
      cost: costOf(arm),
      collection: null,
      derivedFrom: null,
      isImported: false,
      isSample: false,
      experiment: { id: "e1", arm: arms.indexOf(arm), stage: "final", trial: seed - 1 },
      group: null,
      createdAt: "2026-11-28T21:00:00.000Z",
      startedAt: `2026-11-28T21:0${seed}:00.000Z`,
      finishedAt: `2026-11-28T21:1${seed}:00.000Z`,
    },
    config,
    imported: null,
    bakedEdits: null,
    provenance: { engine: "tensorflow 2.20.0", device: "AMD EPYC, 2 threads", data: "sha256:d47a", node: "v20.20.2" },
  };
}
