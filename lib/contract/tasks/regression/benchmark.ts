import { type AskedOf, type BenchmarkTaskOf, readBy } from "@/lib/contract/tasks/benchmark";

/** The number that an encoder's head gives each row. */
export const numbers: BenchmarkTaskOf<AskedOf<"regression">> = {
  choice: { label: "Numbers", title: "The number of each row: correlation and squared error" },
  asks: "a number of each row",
  summary: "a number of each row",
  noun: "numbers",
  answers: "number",
  text: "Text",
  loss: { name: "Squared error", unit: "squared error", short: { name: "error", unit: "squared" } },
  baseNote: "A base model has no head. The constant answer beside the run is the mean of these rows.",
  metrics: ({ metric }) => readBy(metric ?? "pearson", ["pearson", "spearman", "meanSquaredError"]),
};
