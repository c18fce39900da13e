import { formatInteger, formatSigned } from "@/lib/numbers/format";
import type { ItemColumn } from "./item-table";
import styles from "./item-table.module.css";
import { MarkedAnswer } from "./marked-answer";

type Item = {
  readonly row: number;
  readonly domain: string | null;
  readonly text: string;
  readonly reference: string | null;
  readonly difference: number;
};

export function rowColumn(): ItemColumn<Item, "row"> {
  return { key: "row", head: "Row", isNumeric: true, sort: "row", cell: ({ row }) => formatInteger(row) };
}

export function domainColumn(): ItemColumn<Item, never> {
  return { key: "domain", head: "Domain", label: "", className: "small mid", cell: ({ domain }) => domain };
}

export function textColumn(head: string): ItemColumn<Item, never> {
  return { key: "text", head, label: "", className: styles["text"] ?? "", cell: ({ text }) => text, title: ({ text }) => text };
}

export function referenceColumn(): ItemColumn<Item, never> {
  return {
    key: "reference",
    head: "Correct answer",
    className: styles["answer"] ?? "",
    cell: ({ reference }) => reference,
    title: ({ reference }) => reference ?? "",
  };
}

export function differenceColumn(unit: string): ItemColumn<Item, "difference"> {
  return {
    key: "difference",
    head: "Difference",
    unit,
    isNumeric: true,
    sort: "difference",
    cell: ({ difference }) => formatSigned(difference, 3),
  };
}

type Reading = { readonly answer: string | null; readonly isRight: boolean | null };

/** What was answered, marked right or wrong. */
export function answerColumn<Own>(
  { key, head, label, unit }: Pick<ItemColumn<Own, never>, "key" | "head" | "label" | "unit">,
  of: (item: Own) => Reading,
  note: (item: Own) => string = () => "",
): ItemColumn<Own, never> {
  return {
    key,
    head,
    ...(label === undefined ? {} : { label }),
    ...(unit === undefined ? {} : { unit }),
    className: styles["answer"] ?? "",
    cell: (item) => <MarkedAnswer {...of(item)} />,
    title: (item) => `${of(item).answer ?? ""}${note(item)}`,
  };
}
