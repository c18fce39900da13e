import { sql } from "drizzle-orm";
import { mostCurvePoints, type RunCurve } from "@/lib/contract/run";
import { type Database, onlyRow } from "@/server/db/client";
import { runMetrics } from "@/server/db/tables/run-tables";

/** The curve of the steps `from`…`to`, both inclusive, in as much detail as its number of points allows. */
export async function readCurve(db: Database, runId: string, from = 0, to = 2 ** 31 - 1): Promise<RunCurve> {
  const within = sql`run_id = ${runId} AND step BETWEEN ${from} AND ${to}`;
  const ends = onlyRow(
    (
      await db.execute<{ first: number | null; last: number | null }>(
        sql`SELECT min(step) AS first, max(step) AS last FROM ${runMetrics} WHERE ${within}`,
      )
    ).rows,
  );
  const stepsAPoint = stepsOfAPoint((ends.last ?? 0) - (ends.first ?? 0) + 1);
  const { rows } = await db.execute<Record<Column, number | null>>(sql`
    SELECT max(step) AS "step", count(*)::int AS "steps",
      avg(loss) AS "loss", min(loss) AS "lossLow", max(loss) AS "lossHigh",
      avg(grad_norm) AS "gradNorm", min(grad_norm) AS "gradNormLow", max(grad_norm) AS "gradNormHigh",
      (array_agg(learning_rate ORDER BY step DESC))[1] AS "learningRate",
      max(tokens)::float8 AS "tokens", max(label_tokens)::float8 AS "labelTokens", max(seconds) AS "seconds"
    FROM ${runMetrics} WHERE ${within}
    GROUP BY (step + ${stepsAPoint - 1}) / ${stepsAPoint} ORDER BY 1`);
  return { stepsAPoint, metrics: rows as RunCurve["metrics"] };
}

type Column = keyof RunCurve["metrics"][number];

/** The least power of two with which so many steps are few enough points. */
function stepsOfAPoint(steps: number): number {
  // A range that begins within a point's steps has a point more.
  return 2 ** Math.max(0, Math.ceil(Math.log2(steps / (mostCurvePoints - 1))));
}
