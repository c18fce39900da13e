import { z } from "zod";
import { glueName, numberMetricName } from "@/lib/contract/benchmark-names";

/** The number that an encoder's head gives each row, against the mapping's label column. */
export const regressionBenchmark = z.object({
  kind: z.literal("regression"),
  /** Null takes that of GLUE's task, or Pearson's correlation. */
  metric: numberMetricName.nullable().default(null),
  glue: glueName.nullable().default(null),
});
