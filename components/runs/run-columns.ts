import { fittingColumns } from "@/components/ui/columns/fitting-columns";
import type { RunSortKey } from "./run-list";

/** In the table's order, as an address names them; the run itself always stands before them. */
export const runColumnKeys = [
  "method",
  "model",
  "data",
  "seed",
  "parameters",
  "loss",
  "difference",
  "plot",
  "rows",
  "step",
  "speed",
  "memory",
  "adapter",
  "status",
  "created",
] as const;
export type RunColumnKey = (typeof runColumnKeys)[number];

export type RunColumn = {
  readonly key: RunColumnKey;
  readonly name: string;
  /** What it shows, for the menu. */
  readonly title: string;
  /** Under the name. */
  readonly unit?: string;
  readonly isNumeric?: boolean;
  /** Absent where rows cannot be ordered by it. */
  readonly sort?: RunSortKey;
  /** Pixels, at least. */
  readonly width: number;
  /** Where there is no room for all, the lowest gives way first. */
  readonly rank: number;
};

const described: Readonly<Record<RunColumnKey, Omit<RunColumn, "key">>> = {
  method: { name: "Method", title: "Method: STAN, LoRA or another", width: 66, rank: 15 },
  model: { name: "Base model", title: "Base model", width: 150, rank: 2 },
  data: { name: "Dataset", title: "Training dataset", width: 150, rank: 3 },
  seed: { name: "Seed", title: "Random seed", isNumeric: true, width: 52, rank: 4 },
  parameters: {
    name: "Parameters",
    title: "Trainable parameters, and those active per token",
    unit: "active per token",
    isNumeric: true,
    sort: "parameters",
    width: 118,
    rank: 11,
  },
  loss: {
    name: "Evaluation loss",
    title: "Held-out loss of the newest evaluation",
    unit: "nats, held-out rows",
    isNumeric: true,
    sort: "loss",
    width: 112,
    rank: 13,
  },
  difference: {
    name: "Against base",
    title: "Difference of loss from the base model, or the metric of answers",
    unit: "Δ nats ± 95 %",
    isNumeric: true,
    sort: "difference",
    width: 118,
    rank: 14,
  },
  plot: { name: "Against base, plot", title: "The difference with its 95 % interval on a shared axis", width: 216, rank: 10 },
  rows: { name: "Rows", title: "Held-out rows of the newest evaluation", unit: "held out", isNumeric: true, width: 70, rank: 5 },
  step: { name: "Step", title: "Median time of an optimizer step", unit: "ms", isNumeric: true, sort: "step", width: 52, rank: 9 },
  speed: { name: "Speed", title: "Tokens trained on per second", unit: "tokens per s", isNumeric: true, width: 92, rank: 6 },
  memory: {
    name: "Peak memory",
    title: "Peak tensor memory during training",
    isNumeric: true,
    sort: "memory",
    width: 88,
    rank: 8,
  },
  adapter: { name: "Adapter", title: "Size of the adapter’s file", isNumeric: true, width: 80, rank: 1 },
  status: { name: "Status", title: "State, progress and time left", width: 170, rank: 12 },
  created: { name: "Started", title: "Start time", isNumeric: true, sort: "created", width: 100, rank: 7 },
};

export const runColumns: readonly RunColumn[] = runColumnKeys.map((key) => ({ key, ...described[key] }));

/** Of the columns that other pages or the run's own line show too, none is shown at first. */
const extra: ReadonlySet<RunColumnKey> = new Set(["model", "data", "seed", "rows", "speed", "adapter"]);
export const defaultRunColumns: readonly RunColumnKey[] = runColumnKeys.filter((key) => !extra.has(key));

/** Pixels of the run's name. */
const nameWidth = 244;

/** Those of the chosen columns that have room. */
export function fittingRunColumns(chosen: readonly RunColumnKey[], room: number): readonly RunColumn[] {
  return fittingColumns(
    runColumns.filter(({ key }) => chosen.includes(key)),
    room,
    nameWidth,
  );
}
