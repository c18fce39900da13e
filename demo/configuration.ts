import { fileURLToPath } from "node:url";
import type { RunConfigInput } from "@/lib/contract/run-config";

/** Texts of several domains, one file each; domain and split are columns. */
export const corpusFolder: string = fileURLToPath(new URL("corpus", import.meta.url));

/** The small model, pretrained on documentation and encyclopaedic text. */
export const smallModelFolder: string = fileURLToPath(new URL("model", import.meta.url));

/** What the small model has never seen. */
const newDomains = ["scripture", "medicine", "arithmetic", "movies", "python", "javascript"];

export type DemonstrationRun = { readonly name: string; readonly config: Omit<RunConfigInput, "model" | "data"> };

export type Demonstration = {
  readonly domains: readonly string[];
  readonly maxTokens: number;
  readonly runs: readonly DemonstrationRun[];
};

/**
 * STAN with M latents and LoRA of rank M have the same number of parameters; of STAN's, k of M take part in a token. The small model's settings were chosen
 * among several by what their latents do to a text: docs/reports/demonstration-settings.md.
 */
export const demonstrations: Readonly<Record<"small" | "smollm2", Demonstration>> = {
  small: {
    domains: newDomains,
    maxTokens: 96,
    runs: runsOf({
      targets: { modules: ["down_proj"], layers: [2, 3] },
      numLatents: 512,
      k: 4,
      steps: 160,
      batchRows: 16,
      maxTokens: 96,
      stanRate: 1.2e-2,
      loraRate: 4e-3,
      evaluationRows: 96,
      collectTokens: 150_000,
      attributionRows: 96,
      measuredLatents: { stan: 4, lora: 1 },
    }),
  },
  smollm2: {
    domains: newDomains,
    maxTokens: 128,
    runs: runsOf({
      targets: { modules: ["q_proj", "v_proj"], layers: null },
      numLatents: 256,
      k: 16,
      steps: 60,
      batchRows: 4,
      maxTokens: 128,
      stanRate: 8e-3,
      loraRate: 2e-3,
      evaluationRows: 32,
      collectTokens: 40_000,
      attributionRows: 32,
      measuredLatents: { stan: 0, lora: 0 },
    }),
  },
};

type Size = {
  targets: { modules: string[]; layers: number[] | null };
  numLatents: number;
  k: number;
  steps: number;
  batchRows: number;
  maxTokens: number;
  stanRate: number;
  loraRate: number;
  evaluationRows: number;
  collectTokens: number;
  attributionRows: number;
  /** A latent of STAN takes 3 seconds with the small model on two cores, a component of LoRA fires everywhere and takes longer; with SmolLM2 over a minute. */
  measuredLatents: { stan: number; lora: number };
};

function runsOf({
  targets,
  numLatents,
  k,
  steps,
  batchRows,
  maxTokens,
  stanRate,
  loraRate,
  evaluationRows,
  collectTokens,
  attributionRows,
  measuredLatents,
}: Size): DemonstrationRun[] {
  const evaluateEvery = Math.ceil(steps / 4);
  const training = { steps, batchRows, maxTokens, evaluateEvery, evaluationRows, checkpointEvery: evaluateEvery };
  const collection = (measured: number) => ({
    maxTokens: collectTokens,
    split: "all" as const,
    batchRows: 8,
    attributionRows,
    measuredLatents: measured,
  });
  return [
    {
      name: `STAN M=${numLatents} k=${k}`,
      config: {
        adapter: { method: "stan", numLatents, k, targets },
        training: { ...training, learningRate: stanRate },
        collection: collection(measuredLatents.stan),
      },
    },
    {
      name: `LoRA r=${numLatents}`,
      config: {
        adapter: { method: "lora", rank: numLatents, alpha: numLatents, targets },
        training: { ...training, learningRate: loraRate },
        collection: collection(measuredLatents.lora),
      },
    },
  ];
}
