import type { ArmName } from "@/lib/contract/generate";
import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";
import { estimateOf } from "./estimate";

/** The totals over rows, at least one. @throws RangeError for none */
export function summariseEvaluation(rows: readonly EvaluatedRow[], isHeldOut: boolean): EvaluationResult {
  const labelTokens = rows.reduce((sum, row) => sum + row.labelTokens, 0);
  const armOf = (arm: Exclude<ArmName, "other">) => ({
    loss: rows.reduce((sum, row) => sum + row[arm].loss * row.labelTokens, 0) / labelTokens,
    accuracy: rows.reduce((sum, row) => sum + row[arm].correct, 0) / labelTokens,
  });
  const changeOf = (some: readonly EvaluatedRow[]) => estimateOf(some.map(({ edited, adapter }) => edited.loss - adapter.loss));
  const domains = [...new Set(rows.flatMap(({ domain }) => (domain === null ? [] : [domain])))].sort();
  return {
    kind: "evaluation",
    isHeldOut,
    labelTokens,
    base: armOf("base"),
    adapter: armOf("adapter"),
    edited: armOf("edited"),
    change: changeOf(rows),
    byDomain: domains.map((domain) => {
      const own = rows.filter((row) => row.domain === domain);
      return { domain, rows: own.length, change: changeOf(own) };
    }),
    flips: {
      toRight: rows.filter(({ edited, adapter }) => edited.isExact && !adapter.isExact).length,
      toWrong: rows.filter(({ edited, adapter }) => !edited.isExact && adapter.isExact).length,
    },
    rows: [...rows],
  };
}
