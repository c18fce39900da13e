import { type MatchMode, matchMode } from "@/lib/contract/experiment";

/** The state of the comparison page, as its address stores it. */
export type CompareAddress = {
  readonly runs: readonly string[];
  /** Places of the two sides that are compared. */
  readonly first: number;
  readonly second: number;
  /** The match mode; empty for the first in which the two sides are equal. */
  readonly match: MatchMode | "";
  /** Equivalence margins in percentage points and nats; 0 for none. */
  readonly marginPoints: number;
  readonly marginNats: number;
  readonly axis: CurveAxis;
  readonly cost: CostKey;
  /** Key of the score in the plots; empty for the first. */
  readonly score: string;
  /** Benchmark whose rows are shown; empty for the first. */
  readonly benchmark: string;
};

export const curveAxes = ["step", "tokens", "flops", "seconds"] as const;
export type CurveAxis = (typeof curveAxes)[number];

export const costKeys = ["parameters", "active", "memory", "time", "forgetting"] as const;
export type CostKey = (typeof costKeys)[number];

export function readCompareAddress(parameters: { get: (name: string) => string | null }): CompareAddress {
  const place = (name: string, otherwise: number) => {
    const text = parameters.get(name);
    return text !== null && /^\d{1,3}$/.test(text) ? Number(text) : otherwise;
  };
  return {
    runs: (parameters.get("runs") ?? "").split(",").filter((id) => id !== ""),
    first: place("first", 0),
    second: place("second", 1),
    match: matchMode.safeParse(parameters.get("match")).data ?? "",
    marginPoints: marginIn(parameters.get("points"), 100),
    marginNats: marginIn(parameters.get("nats"), Number.POSITIVE_INFINITY),
    axis: curveAxes.find((axis) => axis === parameters.get("x")) ?? "step",
    cost: costKeys.find((cost) => cost === parameters.get("cost")) ?? "parameters",
    score: parameters.get("score") ?? "",
    benchmark: parameters.get("benchmark") ?? "",
  };
}

/** Defaults are left out; with `?`, or empty. */
export function writeCompareAddress(address: CompareAddress): string {
  const { runs, first, second, match, marginPoints, marginNats, axis, cost, score, benchmark } = address;
  const parts: string[] = [];
  if (runs.length > 0) parts.push(`runs=${runs.map(encodeURIComponent).join(",")}`);
  if (first !== 0) parts.push(`first=${first}`);
  if (second !== 1) parts.push(`second=${second}`);
  if (match !== "") parts.push(`match=${match}`);
  if (marginPoints > 0) parts.push(`points=${marginPoints}`);
  if (marginNats > 0) parts.push(`nats=${marginNats}`);
  if (axis !== "step") parts.push(`x=${axis}`);
  if (cost !== "parameters") parts.push(`cost=${cost}`);
  if (score !== "") parts.push(`score=${encodeURIComponent(score)}`);
  if (benchmark !== "") parts.push(`benchmark=${encodeURIComponent(benchmark)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function marginIn(text: string | null, most: number): number {
  const margin = text === null ? 0 : Number(text);
  return margin > 0 && margin <= most ? margin : 0;
}
