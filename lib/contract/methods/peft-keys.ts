import { z } from "zod";
import { layerExpression, nameEndExpression, nameExpression } from "@/lib/contract/expression";

/** A head of another task may have the very shapes of a classification's. */
const otherHeads = ["TOKEN_CLS", "QUESTION_ANS"];

/** Keys of `adapter_config.json` that every method has. */
export const sharedKeys = {
  task_type: z
    .string()
    .refine((task) => !otherHeads.includes(task), { error: "is a task whose head is not supported; supported: CAUSAL_LM and SEQ_CLS" })
    .nullish(),
  base_model_name_or_path: z.string().nullish(),
  /** Last parts of module names, or one regular expression for whole names, or `all-linear`. */
  target_modules: z.union([nameExpression, z.array(z.string().min(1)).min(1)], {
    error: "expected a list of module names or a regular expression",
  }),
  exclude_modules: z.union([nameExpression, z.array(z.string())]).nullish(),
  layers_to_transform: z.union([z.int(), z.array(z.int())]).nullish(),
  layers_pattern: z.union([layerExpression, z.array(layerExpression)]).nullish(),
  modules_to_save: z.array(z.string()).nullish(),
};

/** Values of some modules alone, `rank_pattern` say. */
export const patternKey = z.record(nameEndExpression, z.number());

/** A pattern that this name alone answers to: PEFT takes one that begins with ^ from the name's beginning. */
export function wholeName(module: string): string {
  return `^${module.replace(/[^\w]/g, "\\$&")}`;
}
