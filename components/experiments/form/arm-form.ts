import { z } from "zod";
import { armSizes } from "@/components/methods/arm-method";
import { type ArmMethodName, armMethodNames, armMethodOf } from "@/components/methods/arms";
import { listed, numbers } from "@/components/methods/fields/typed-lists";
import type { RunForm } from "@/components/new-run/run-form";
import type { ExperimentArm } from "@/lib/contract/experiment";
import type { AdapterConfig } from "@/lib/contract/run-config";

/** One arm as it is typed: lists of numbers as text. */
export const armForm = z.object({
  /** Identifies an arm while it is renamed. */
  key: z.string(),
  name: z.string(),
  method: z.enum(armMethodNames),
  ...armSizes,
  /** Last parts of module names, sets separated by semicolons; empty for the experiment's default, or all for full fine-tuning. */
  targets: z.string(),
  rateKind: z.enum(["list", "range"]),
  rates: z.string(),
  low: z.number(),
  high: z.number(),
  count: z.number(),
});
export type ArmForm = z.infer<typeof armForm>;

/**
 * Our range of learning rates for a few hundred steps. Over MiniLM with a fresh head (sentiment, 200 steps of 16 rows) the best were 10⁻³ to
 * 3 · 10⁻³ for LoRA and 3 · 10⁻³ to 10⁻² for STAN.
 */
export function rateRange(method: ArmMethodName): { low: number; high: number } {
  return armMethodOf({ method }).rates;
}

/** An arm with another method; fields that a person has not changed take the new method's defaults. */
export function withMethod(arm: ArmForm, method: ArmMethodName): ArmForm {
  const [before, after] = [armMethodOf(arm), armMethodOf({ method })];
  const hasOwnRange = arm.low !== before.rates.low || arm.high !== before.rates.high;
  const { sizes, ks } = after.begins;
  return {
    ...arm,
    ...(hasOwnRange ? {} : after.rates),
    method,
    name: arm.name === before.name ? after.name : arm.name,
    sizes: arm.sizes.trim() === "" ? (sizes ?? arm.sizes) : arm.sizes,
    ks: arm.ks.trim() === "" ? (ks ?? arm.ks) : arm.ks,
  };
}

/** The search space of an arm. @throws Error naming the field that cannot be read */
export function armOf(arm: ArmForm, run: RunForm): ExperimentArm {
  const { name, rateKind, rates, low, high, count } = arm;
  return {
    name: name.trim(),
    adapters: adaptersOf(arm, run),
    learningRates:
      rateKind === "list" ? { kind: "list", values: numbers(rates, `Learning rates of ${name}`) } : { kind: "range", low, high, count },
  };
}

/** Every size with every set of targets that it can have. */
function adaptersOf(arm: ArmForm, run: RunForm): AdapterConfig[] {
  const method = armMethodOf(arm);
  const named = arm.targets
    .split(";")
    .map(listed)
    .filter((modules) => modules.length > 0)
    .map((modules) => ({ modules, layers: run.layers }));
  const otherwise = method.targets === "all" ? null : { modules: run.modules, layers: run.layers };
  return method.adaptersOf(arm, named.length === 0 ? [otherwise] : named, run);
}
