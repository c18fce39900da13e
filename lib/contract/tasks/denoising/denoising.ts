import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";
import { formatPercent, formatPlural } from "@/lib/numbers/format";
import { metrics } from "@/lib/numbers/metrics/metric-names";

export const denoisingSettings = z.object({
  kind: z.literal("denoising"),
  /** The share of training rows whose class is withheld, for classifier-free guidance (Ho and Salimans 2022); a tenth as in DiT (Peebles and Xie 2023). */
  classDropout: z.number().min(0).max(1).default(0.1),
  /** Time steps at which each held-out image is evaluated, evenly spread; the number is our choice. */
  evaluationDraws: z.int().min(1).max(1000).default(4),
});

/** To predict what was added to noisy images: noise, velocity or flow, as the schedule says. */
export const denoising: TaskOf<z.infer<typeof denoisingSettings>> = {
  initial: { kind: "denoising", classDropout: 0.1, evaluationDraws: 4 },
  continuesText: false,
  head: null,
  aim: "to denoise images",
  labels: "classes",
  answers: null,
  classes: () => null,
  loss: { name: "squared error", unit: "squared error", per: "row" },
  evaluationLoss: { ...metrics.loss, label: "evaluation loss" },
  reference: {
    name: "base model",
    kind: "base model",
    compared: "its base model",
    says: "The same noisy images with the adapter off.",
  },
  cardLosses: ["Squared error with the adapter", "Squared error without it"],
  metric: null,
  transformers: { autoModel: "DiTTransformer2DModel", pipelineTag: "unconditional-image-generation" },
  headNote: () => null,
  facts: ({ classDropout, evaluationDraws }) =>
    `denoising: class withheld from ${formatPercent(classDropout)} of training images; ${formatPlural(evaluationDraws, "time step")} a held-out image`,
  benchmarkRows: 256,
  ownBenchmark: () => {
    throw new RangeError("no benchmark is measured with a diffusion model");
  },
};
