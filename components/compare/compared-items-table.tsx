"use client";
import Link from "next/link";
import { itemTextHref } from "@/components/benchmarks/item-link";
import { MarkedAnswer } from "@/components/benchmarks/marked-answer";
import { HeadCell } from "@/components/ui/table-head";
import type { ComparedItem, ComparedItemQuery, ComparedItems, ComparedSide } from "@/lib/contract/comparison";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatFixed, formatInteger, formatPercent, formatSigned } from "@/lib/numbers/format";
import styles from "./compare.module.css";

type ItemsTableProps = {
  readonly data: ComparedItems;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  readonly view: Pick<ComparedItemQuery, "sort" | "order">;
  readonly onSort: (sort: ComparedItemQuery["sort"]) => void;
};

/** A benchmark's rows with the answers or losses of two sides, and links to what fires on each row. */
export function ComparedItemsTable({ data: { benchmark, items }, first, second, view, onSort }: ItemsTableProps) {
  const column = (sort: ComparedItemQuery["sort"]) => ({ order: view.sort === sort ? view.order : undefined, onSort: () => onSort(sort) });
  const hasDomains = benchmark.domains.length > 0;
  const { answers, text, loss } = benchmarkTasks[benchmark.task.kind];
  const hasAnswers = answers !== "none";
  // Full fine-tuning and head-only runs have no latents.
  const withLatents = [
    { side: first, word: "first" },
    { side: second, word: "second" },
  ].filter(({ side }) => isLatentMethod(side.method));
  return (
    <div className="scrollx">
      <table className={`table ${styles["items"]}`}>
        <thead>
          <tr>
            <HeadCell isNumeric {...column("row")}>
              Row
            </HeadCell>
            {hasDomains && <HeadCell>Domain</HeadCell>}
            <HeadCell>{text}</HeadCell>
            {hasAnswers && <HeadCell>Correct answer</HeadCell>}
            {hasAnswers && <HeadCell unit={first.name}>Answer</HeadCell>}
            {hasAnswers && <HeadCell unit={second.name}>Answer</HeadCell>}
            <HeadCell isNumeric unit={first.name} {...column("first")}>
              {loss.name}
            </HeadCell>
            <HeadCell isNumeric unit={second.name} {...column("second")}>
              {loss.name}
            </HeadCell>
            <HeadCell isNumeric unit={loss.unit} {...column("difference")}>
              Difference
            </HeadCell>
            {withLatents.length > 0 && <HeadCell>Firings</HeadCell>}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.row}>
              <td className="num">{formatInteger(item.row)}</td>
              {hasDomains && <td className="small mid">{item.domain}</td>}
              <td className={styles["text"]} title={item.text}>
                {item.text}
              </td>
              {hasAnswers && (
                <td className={styles["answer"]} title={item.reference ?? ""}>
                  {item.reference}
                </td>
              )}
              {hasAnswers && <Answer reading={item.first} />}
              {hasAnswers && <Answer reading={item.second} />}
              <td className="num">{formatFixed(item.first.loss, 3)}</td>
              <td className="num">{formatFixed(item.second.loss, 3)}</td>
              <td className="num">{formatSigned(item.difference, 3)}</td>
              {withLatents.length > 0 && (
                <td className="small nowrap">
                  {withLatents.map(({ side, word }, place) => (
                    <span key={word}>
                      {place === 1 ? ", " : ""}
                      <Link
                        className="link"
                        href={itemTextHref(side.runs[0]?.id ?? "", benchmark, item)}
                        title={`Latents of ${side.name} that fire on this row`}
                      >
                        {word}
                      </Link>
                    </span>
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Answer({ reading: { answer, rightShare } }: { readonly reading: ComparedItem["first"] }) {
  const isRight = rightShare === null ? null : rightShare > 0.5;
  const share = rightShare === null || rightShare === 0 || rightShare === 1 ? "" : ` (${formatPercent(rightShare)} of runs right)`;
  return (
    <td className={styles["answer"]} title={`${answer ?? ""}${share}`}>
      <MarkedAnswer answer={answer} isRight={isRight} />
    </td>
  );
}
