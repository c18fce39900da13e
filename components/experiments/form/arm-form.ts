import { z } from "zod";
import type { RunForm } from "@/components/new-run/run-form";
import type { ExperimentArm } from "@/lib/contract/experiment";
import { type AdapterConfig, stanConfig } from "@/lib/contract/run-config";
import { listed, numbers, wholeNumbers } from "./typed-lists";

const armMethod = z.enum(["stan", "lora", "dora", "full", "head"]);
export type ArmMethod = z.infer<typeof armMethod>;

/** One arm as it is typed: lists of numbers as text. */
export const armForm = z.object({
  /** Tells arms apart while they are renamed. */
  key: z.string(),
  name: z.string(),
  method: armMethod,
  /** M of STAN, rank of LoRA. */
  sizes: z.string(),
  /** Of STAN. */
  ks: z.string(),
  selection: stanConfig.shape.selection.unwrap(),
  /** LoRA's alpha over its rank. */
  alphaOverRank: z.number(),
  /** Last parts of module names, several sets of them with semicolons between; empty for the experiment's own, of full fine-tuning for all. */
  targets: z.string(),
  rateKind: z.enum(["list", "range"]),
  rates: z.string(),
  low: z.number(),
  high: z.number(),
  count: z.number(),
});
export type ArmForm = z.infer<typeof armForm>;

export const armNames: Record<ArmMethod, string> = {
  stan: "STAN",
  lora: "LoRA",
  dora: "DoRA",
  full: "Full fine-tuning",
  head: "Head only",
};

/**
 * Our range of learning rates for a few hundred steps. Over MiniLM with a fresh head (sentiment, 200 steps of 16 rows) the best were 10⁻³ to
 * 3 · 10⁻³ for LoRA and 3 · 10⁻³ to 10⁻² for STAN.
 */
export function rateRange(method: ArmMethod): { low: number; high: number } {
  switch (method) {
    case "stan":
      return { low: 1e-3, high: 3e-2 };
    case "lora":
    case "dora":
      return { low: 3e-4, high: 1e-2 };
    case "full":
      return { low: 2e-5, high: 5e-4 };
    case "head":
      return { low: 3e-3, high: 1e-1 };
  }
}

/** An arm with another method: what belongs to the one before goes with it, where a person has not changed it. */
export function withMethod(arm: ArmForm, method: ArmMethod): ArmForm {
  const before = rateRange(arm.method);
  const hasOwnRange = arm.low !== before.low || arm.high !== before.high;
  const name = arm.name === armNames[arm.method] ? armNames[method] : arm.name;
  const ks = method === "stan" && arm.ks.trim() === "" ? "16" : arm.ks;
  const sizes = method !== "full" && method !== "head" && arm.sizes.trim() === "" ? "256" : arm.sizes;
  return { ...arm, ...(hasOwnRange ? {} : rateRange(method)), method, name, ks, sizes };
}

/** What is tried of an arm. @throws Error naming the field that cannot be read */
export function armOf(arm: ArmForm, run: RunForm): ExperimentArm {
  const { name, rateKind, rates, low, high, count } = arm;
  return {
    name: name.trim(),
    adapters: adaptersOf(arm, run),
    learningRates:
      rateKind === "list" ? { kind: "list", values: numbers(rates, `Learning rates of ${name}`) } : { kind: "range", low, high, count },
  };
}

/** Every size with every k and every set of targets that it can have. */
function adaptersOf(arm: ArmForm, run: RunForm): AdapterConfig[] {
  const { method, name, selection, alphaOverRank } = arm;
  const named = arm.targets
    .split(";")
    .map(listed)
    .filter((modules) => modules.length > 0)
    .map((modules) => ({ modules, layers: run.layers }));
  if (method === "head") return [{ method }];
  if (method === "full") return named.length === 0 ? [{ method, targets: null }] : named.map((targets) => ({ method, targets }));
  const targeted = named.length === 0 ? [{ modules: run.modules, layers: run.layers }] : named;
  if (method === "stan") {
    const sizes = wholeNumbers(arm.sizes, `Latents of ${name}`);
    const ks = wholeNumbers(arm.ks, `k of ${name}`);
    const { stanAlpha: alpha, init } = run;
    return sizes.flatMap((numLatents) =>
      ks.flatMap((k) => targeted.map((targets) => ({ method, numLatents, k, alpha, selection, init, targets }))),
    );
  }
  const dora = method === "dora" ? { useDora: true } : {};
  return wholeNumbers(arm.sizes, `Ranks of ${name}`).flatMap((rank) =>
    targeted.map((targets) => ({ method: "lora" as const, rank, alpha: rank * alphaOverRank, ...dora, targets })),
  );
}
