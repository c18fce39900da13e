import { type AskedOf, type BenchmarkTaskOf, baseline, glueTitle, readBy } from "@/lib/contract/tasks/benchmark";
import { formatInteger } from "@/lib/numbers/format";
import { classNumbers } from "@/lib/numbers/metrics/item-metrics";

/** The class that an encoder's head gives each row. */
export const classes: BenchmarkTaskOf<AskedOf<"classification">> = {
  choice: { label: "Classes", title: "The class of each row, right or wrong" },
  asks: "a class of each row",
  summary: "a class of each row",
  settings: ({ glue, classes }) => [...glueTitle(glue), ...(classes === null ? [] : [`${formatInteger(classes.length)} classes`])],
  noun: "classes",
  answers: "rightOrWrong",
  isLabelled: true,
  measuresForgetting: false,
  isSpaced: false,
  text: "Text",
  loss: { name: "Loss", unit: "nats per row", short: { name: "loss", unit: "nats" } },
  reference: baseline(
    "the majority-class baseline",
    "Runs are compared with the majority-class baseline: the most common class of these rows, each class as probable as its share.",
  ),
  glueTarget: "classes",
  formNote:
    "Compares the predicted class of each row with its label. A base model has no head, so runs are compared with the majority-class baseline: the most common class, with class frequencies as probabilities.",
  classes: ({ classes }) => classes ?? [],
  numbersOf: ({ classes }, answers) => classNumbers(classes ?? [], answers),
  metrics: ({ metric, classes }) =>
    readBy(metric ?? "accuracy", ["accuracy", classes?.length === 2 ? "f1" : "macroF1", "matthews", "loss"]),
};
