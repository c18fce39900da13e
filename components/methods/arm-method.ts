import type { ReactNode } from "react";
import { z } from "zod";
import { stanConfig } from "@/lib/contract/methods/stan/settings";
import type { Targets } from "@/lib/contract/methods/targets";
import type { AdapterConfig } from "@/lib/contract/run-config";
import type { StanFields } from "./stan/form";

/** Sizes of an experiment's arm as they are typed: lists of numbers as text. */
export const armSizes = {
  /** M of STAN, rank of LoRA. */
  sizes: z.string(),
  /** Of STAN. */
  ks: z.string(),
  selection: stanConfig.shape.selection.unwrap(),
  sparsity: stanConfig.shape.sparsity.unwrap(),
  /** LoRA's alpha over its rank. */
  alphaOverRank: z.number(),
};
export type ArmSizes = z.infer<z.ZodObject<typeof armSizes>>;

export type ArmFieldsProps = {
  readonly arm: ArmSizes;
  /** Where it stands in the request: `arms.0`. */
  readonly place: string;
  readonly onArm: (changes: Partial<ArmSizes>) => void;
};

/** A method, or a variant of one, as an arm of an experiment. */
export type ArmMethod = {
  readonly name: string;
  /** Our range of learning rates for a few hundred steps. */
  readonly rates: { readonly low: number; readonly high: number };
  /** Whether it is for encoders alone. */
  readonly isOfEncoders: boolean;
  /** What is trained where an arm names nothing: the experiment's own targets, or all projections; `none` where nothing can be chosen. */
  readonly targets: "shared" | "all" | "none";
  /** Sizes that an arm begins with where it has none. */
  readonly begins: Partial<Pick<ArmSizes, "sizes" | "ks">>;
  /**
   * Every size with every set of targets.
   *
   * @param targets null where the arm names none and all projections are meant
   * @throws Error naming the field that cannot be read
   */
  adaptersOf(arm: ArmSizes & { readonly name: string }, targets: readonly (Targets | null)[], run: StanFields): AdapterConfig[];
  /** Fields of its sizes. */
  readonly Sizes: (props: ArmFieldsProps) => ReactNode;
  readonly note: string;
};
