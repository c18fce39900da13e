"use client";
import { Link } from "@/components/ui/link";
import type { BenchmarkItem, BenchmarkSummary, ItemQuery } from "@/lib/contract/benchmark";
import { imageColumnOf } from "@/lib/contract/data-set";
import { benchmarkTasks, classesAsked } from "@/lib/contract/tasks/benchmark-tasks";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";
import { itemWords } from "./benchmark-words";
import { answerColumn, differenceColumn, domainColumn, referenceColumn, rowColumn, textColumn } from "./item-columns";
import { itemTextHref } from "./item-link";
import { type ItemColumn, ItemTable } from "./item-table";
import styles from "./item-table.module.css";

type ItemsTableProps = {
  readonly runId: string;
  readonly benchmark: BenchmarkSummary;
  /** Whether the run has latents. */
  readonly hasLatents: boolean;
  readonly items: readonly BenchmarkItem[];
  readonly query: Pick<ItemQuery, "sort" | "order">;
  readonly onSort: (sort: ItemQuery["sort"]) => void;
};

type Column = ItemColumn<BenchmarkItem, ItemQuery["sort"]>;

/** A benchmark's rows with the answers or losses of the run and its base model. */
export function ItemsTable({ runId, benchmark, hasLatents, items, query, onSort }: ItemsTableProps) {
  const { task } = benchmark;
  const words = itemWords(task);
  const isOfImages = imageColumnOf(benchmark.rows.mapping) !== undefined;
  const hasAnswers = benchmarkTasks[task.kind].answers !== "none";
  const meanLoss = ({ lossSum }: BenchmarkItem["base"], { labelTokens }: BenchmarkItem) => formatFixed(lossSum / labelTokens, 3);
  const probability: Column = {
    key: "probability",
    head: "P(right)",
    isNumeric: true,
    cell: ({ adapter }) => formatPercent(Math.exp(-adapter.lossSum), 1),
  };
  const tokens: Column = {
    key: "tokens",
    head: "Tokens",
    unit: "labelled",
    isNumeric: true,
    sort: "labelTokens",
    cell: ({ labelTokens }) => formatInteger(labelTokens),
  };
  const firings: Column = {
    key: "firings",
    head: <span className="vh">Firings</span>,
    className: "small",
    cell: (item) => (
      <Link href={itemTextHref(runId, benchmark, item)} title="Latents that fire on the start of this row">
        Firings{" "}
      </Link>
    ),
  };
  const columns: Column[] = [
    rowColumn(),
    ...(benchmark.domains.length > 0 ? [{ ...domainColumn(), sort: "domain" as const }] : []),
    textColumn(isOfImages ? "Image" : words.text),
    ...(hasAnswers
      ? [
          referenceColumn(),
          answerColumn<BenchmarkItem>({ key: "base answer", head: words.base }, ({ base }) => base),
          answerColumn<BenchmarkItem>({ key: "own answer", head: words.run }, ({ adapter }) => adapter),
        ]
      : []),
    ...(classesAsked(task) === null ? [] : [probability]),
    ...(benchmarkTasks[task.kind].isLabelled ? [] : [tokens]),
    {
      key: "base",
      head: `${words.base} ${words.loss}`,
      unit: words.unit,
      isNumeric: true,
      sort: "base",
      cell: (item) => meanLoss(item.base, item),
    },
    {
      key: "adapter",
      head: `${words.run} ${words.loss}`,
      unit: words.unit,
      isNumeric: true,
      sort: "adapter",
      cell: (item) => meanLoss(item.adapter, item),
    },
    differenceColumn(words.difference),
    // The page of firings reads texts.
    ...(hasLatents && !isOfImages ? [firings] : []),
  ];
  return <ItemTable className={styles["flush"]} items={items} columns={columns} order={query} onSort={onSort} />;
}
