import { type AskedOf, type BenchmarkTaskOf, baseline, glueTitle, readBy } from "@/lib/contract/tasks/benchmark";

/** The number that an encoder's head gives each row. */
export const numbers: BenchmarkTaskOf<AskedOf<"regression">> = {
  choice: { label: "Numbers", title: "The number of each row: correlation and squared error" },
  asks: "a number of each row",
  summary: "a number of each row",
  settings: ({ glue }) => glueTitle(glue),
  noun: "numbers",
  answers: "number",
  isLabelled: true,
  measuresForgetting: false,
  isSpaced: false,
  text: "Text",
  loss: { name: "Squared error", unit: "squared error", short: { name: "error", unit: "squared" } },
  reference: baseline("the mean baseline", "Runs are compared with the mean of these rows."),
  glueTarget: "score",
  formNote:
    "Compares the predicted number of each row with its label. A base model has no head, so runs are compared with the mean baseline: the mean over the rows.",
  classes: () => null,
  numbersOf: (_, answers) => Float64Array.from(answers, (answer) => (answer === null ? Number.NaN : Number(answer))),
  metrics: ({ metric }) => readBy(metric ?? "pearson", ["pearson", "spearman", "meanSquaredError"]),
};
