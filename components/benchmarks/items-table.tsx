"use client";
import Link from "next/link";
import { HeadCell } from "@/components/ui/table-head";
import type { BenchmarkItem, BenchmarkSummary, ItemQuery } from "@/lib/contract/benchmark";
import { asksForAnswers } from "@/lib/contract/benchmark-task";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatFixed, formatInteger, formatPercent, formatSigned } from "@/lib/numbers/format";
import { itemWords } from "./benchmark-words";
import styles from "./benchmarks.module.css";
import { itemTextHref } from "./item-link";
import { MarkedAnswer } from "./marked-answer";

type ItemsTableProps = {
  readonly runId: string;
  readonly benchmark: BenchmarkSummary;
  /** Whether the run has latents. */
  readonly hasLatents: boolean;
  readonly items: readonly BenchmarkItem[];
  readonly query: Pick<ItemQuery, "sort" | "order">;
  readonly onSort: (sort: ItemQuery["sort"]) => void;
};

/** A benchmark's rows with the answers or losses of the run and its base model. */
export function ItemsTable({ runId, benchmark, hasLatents, items, query, onSort }: ItemsTableProps) {
  const column = (sort: ItemQuery["sort"]) => ({
    order: query.sort === sort ? query.order : undefined,
    onSort: () => onSort(sort),
  });
  const { task } = benchmark;
  const words = itemWords(task);
  const hasDomains = benchmark.domains.length > 0;
  const hasAnswers = benchmarkTasks[task.kind].answers !== "none";
  const hasTokens = !asksForAnswers(task);
  const hasProbability = task.kind === "classification";
  return (
    <div className="scrollx">
      <table className={`table ${styles["items"]}`}>
        <thead>
          <tr>
            <HeadCell {...column("row")}>Row</HeadCell>
            {hasDomains && <HeadCell {...column("domain")}>Domain</HeadCell>}
            <th scope="col">{words.text}</th>
            {hasAnswers && <th scope="col">Correct answer</th>}
            {hasAnswers && <th scope="col">{words.base}</th>}
            {hasAnswers && <th scope="col">{words.run}</th>}
            {hasProbability && (
              <th scope="col" className="num">
                P(right)
              </th>
            )}
            {hasTokens && (
              <HeadCell isNumeric unit="labelled" {...column("labelTokens")}>
                Tokens
              </HeadCell>
            )}
            <HeadCell isNumeric unit={words.unit} {...column("base")}>
              {words.base} {words.loss}
            </HeadCell>
            <HeadCell isNumeric unit={words.unit} {...column("adapter")}>
              {words.run} {words.loss}
            </HeadCell>
            <HeadCell isNumeric unit={words.difference} {...column("difference")}>
              Difference
            </HeadCell>
            {hasLatents && (
              <th scope="col">
                <span className="vh">Firings</span>
              </th>
            )}
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
              {hasAnswers && <Answer reading={item.base} />}
              {hasAnswers && <Answer reading={item.adapter} />}
              {hasProbability && <td className="num">{formatPercent(Math.exp(-item.adapter.lossSum), 1)}</td>}
              {hasTokens && <td className="num">{formatInteger(item.labelTokens)}</td>}
              <td className="num">{formatFixed(item.base.lossSum / item.labelTokens, 3)}</td>
              <td className="num">{formatFixed(item.adapter.lossSum / item.labelTokens, 3)}</td>
              <td className="num">{formatSigned(item.difference, 3)}</td>
              {hasLatents && (
                <td className="small">
                  <Link href={itemTextHref(runId, benchmark, item)} title="Latents that fire on the start of this row">
                    Firings{" "}
                  </Link>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Answer({ reading: { answer, isRight } }: { readonly reading: BenchmarkItem["base"] }) {
  return (
    <td className={styles["answer"]} title={answer ?? ""}>
      <MarkedAnswer answer={answer} isRight={isRight} />
    </td>
  );
}
