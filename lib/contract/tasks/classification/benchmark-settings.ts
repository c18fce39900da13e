import { z } from "zod";
import { classMetricName, glueName } from "@/lib/contract/benchmark-names";

/** The class that an encoder's head gives each row, against the mapping's label column. */
export const classificationBenchmark = z.object({
  kind: z.literal("classification"),
  /** In the order of their numbers: F1 is of class 1. Null takes those of GLUE's task, or of the rows, numbers ascending and words by their letters. */
  classes: z.array(z.string().min(1)).min(2).nullable().default(null),
  /** What the benchmark is read by; null takes that of GLUE's task, or accuracy. */
  metric: classMetricName.nullable().default(null),
  /** GLUE's task that the rows are of: labels that are none of its classes are refused. */
  glue: glueName.nullable().default(null),
});
