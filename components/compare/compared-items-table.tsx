"use client";
import { Fragment } from "react";
import { answerColumn, differenceColumn, domainColumn, referenceColumn, rowColumn, textColumn } from "@/components/benchmarks/item-columns";
import { itemTextHref } from "@/components/benchmarks/item-link";
import { type ItemColumn, ItemTable } from "@/components/benchmarks/item-table";
import { Link } from "@/components/ui/link";
import type { ComparedItem, ComparedItemQuery, ComparedItems, ComparedSide } from "@/lib/contract/comparison";
import { imageColumnOf } from "@/lib/contract/data-set";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatFixed, formatPercent } from "@/lib/numbers/format";
import styles from "./compare.module.css";

type ItemsTableProps = {
  readonly data: ComparedItems;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  readonly view: Pick<ComparedItemQuery, "sort" | "order">;
  readonly onSort: (sort: ComparedItemQuery["sort"]) => void;
};

type Column = ItemColumn<ComparedItem, ComparedItemQuery["sort"]>;

/** A benchmark's rows with the answers or losses of two sides, and links to what fires on each row. */
export function ComparedItemsTable({ data: { benchmark, items }, first, second, view, onSort }: ItemsTableProps) {
  const { answers, text, loss } = benchmarkTasks[benchmark.task.kind];
  const isOfImages = imageColumnOf(benchmark.rows.mapping) !== undefined;
  const sides = [
    { side: first, place: "first" },
    { side: second, place: "second" },
  ] as const;
  // Full fine-tuning and head-only runs have no latents.
  const withLatents = sides.filter(({ side }) => isLatentMethod(side.method));
  const firings: Column = {
    key: "firings",
    head: "Firings",
    className: "small nowrap",
    cell: (item) => (
      <span>
        {withLatents.map(({ side, place }, at) => (
          <Fragment key={place}>
            {at === 1 ? ", " : ""}
            <Link
              className="link"
              href={itemTextHref(side.runs[0]?.id ?? "", benchmark, item)}
              title={`Latents of ${side.name} that fire on this row`}
            >
              {place}
            </Link>
          </Fragment>
        ))}
      </span>
    ),
  };
  const columns: Column[] = [
    rowColumn(),
    ...(benchmark.domains.length > 0 ? [domainColumn()] : []),
    textColumn(isOfImages ? "Image" : text),
    ...(answers === "none"
      ? []
      : [
          referenceColumn(),
          ...sides.map(({ side, place }) =>
            answerColumn<ComparedItem>(
              { key: `${place} answer`, head: "Answer", label: side.name, unit: side.name },
              (item) => readingOf(item[place]),
              (item) => shareOf(item[place]),
            ),
          ),
        ]),
    ...sides.map(
      ({ side, place }): Column => ({
        key: place,
        head: loss.name,
        label: side.name,
        unit: side.name,
        isNumeric: true,
        sort: place,
        cell: (item) => formatFixed(item[place].loss, 3),
      }),
    ),
    differenceColumn(loss.unit),
    // The page of firings reads texts.
    ...(withLatents.length > 0 && !isOfImages ? [firings] : []),
  ];
  return <ItemTable className={styles["items"]} items={items} columns={columns} order={view} onSort={onSort} />;
}

function readingOf({ answer, rightShare }: ComparedItem["first"]) {
  return { answer, isRight: rightShare === null ? null : rightShare > 0.5 };
}

function shareOf({ rightShare }: ComparedItem["first"]): string {
  return rightShare === null || rightShare === 0 || rightShare === 1 ? "" : ` (${formatPercent(rightShare)} of runs right)`;
}
