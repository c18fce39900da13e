import { z } from "zod";
import { nameEndExpression } from "@/lib/contract/expression";

/** Which linear projections are trained or carry an adapter: last name parts as in PEFT, and optionally only some layers. */
export const targets = z.object({
  modules: z.array(z.string().min(1)).min(1),
  layers: z.array(z.int().min(0)).nullable().default(null),
});
export type Targets = z.infer<typeof targets>;

/** Values of some modules alone, by regular expression for the end of their names, as PEFT's `rank_pattern`; the first that matches counts. */
export const sizePattern = z.record(nameEndExpression, z.int().min(1));
export const numberPattern = z.record(nameEndExpression, z.number());
