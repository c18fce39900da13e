import { type AskedOf, type BenchmarkTaskOf, readBy } from "@/lib/contract/tasks/benchmark";

/** The class that an encoder's head gives each row. */
export const classes: BenchmarkTaskOf<AskedOf<"classification">> = {
  choice: { label: "Classes", title: "The class of each row, right or wrong" },
  asks: "a class of each row",
  summary: "a class of each row",
  noun: "classes",
  answers: "rightOrWrong",
  text: "Text",
  loss: { name: "Loss", unit: "nats per row", short: { name: "loss", unit: "nats" } },
  baseNote:
    "A base model has no head. The constant answer beside the run is these rows' commonest class, each class as probable as its share.",
  metrics: ({ metric, classes }) =>
    readBy(metric ?? "accuracy", ["accuracy", classes?.length === 2 ? "f1" : "macroF1", "matthews", "loss"]),
};
