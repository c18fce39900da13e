import { z } from "zod";
import { matchMode } from "@/lib/contract/experiment";

/** A run that would match another side: a side's own configuration with one setting changed. */
export const matchingRun = z.object({
  /** Place of the side that it is a change of, and of the side that it would match. */
  side: z.int(),
  matches: z.int(),
  /** Whose configuration it starts from. */
  runId: z.string(),
  setting: z.enum(["rank", "k", "numLatents", "steps"]),
  value: z.int(),
});
export type MatchingRun = z.infer<typeof matchingRun>;

/** One thing that sides may have in common. */
export const matchedBudget = z.object({
  mode: matchMode,
  /** Of each side, the mean over its runs: parameters, flops of the adapter a token, seconds of training, trials that its setting was chosen from; null where not known. */
  values: z.array(z.number().nullable()),
  /** Places of the sides that have as much as the first, itself left out. */
  fits: z.array(z.int()),
  /** Where the second does not fit: the run of either side's kind that would; null where no size does, or none is known. */
  suggestion: matchingRun.nullable(),
});
export type MatchedBudget = z.infer<typeof matchedBudget>;

/** `GET /api/compare/budgets` */
export const matchedBudgets = z.object({
  /** Share within which two count as equal. */
  tolerance: z.number(),
  budgets: z.array(matchedBudget),
});
export type MatchedBudgets = z.infer<typeof matchedBudgets>;
