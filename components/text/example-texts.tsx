"use client";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { dataRowsQuery } from "@/lib/client/data";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { RunRecord } from "@/lib/contract/run";
import { exampleRows } from "./example-rows";
import styles from "./text.module.css";

/** A text to start from, or two that are read together. */
export type ExampleText = { readonly text: string; readonly second: string | null };

type ExampleTextsProps = {
  readonly examples: readonly ExampleText[];
  readonly onTake: (example: ExampleText) => void;
};

/** Longer rows are cut, so that reading one takes only a moment; ours. */
const mostCharacters = 600;

/** Used where the run's data cannot be shown; ours. */
const general: readonly ExampleText[] = [
  "Add two cups of flour, a pinch of salt and 50 g of butter, then bake at 180 °C for half an hour.",
  "And the king said unto the people: Go ye up to the mountain, and bring wood, and build the house.",
  "def area(radius):\n    return 3.14159 * radius ** 2",
].map((text) => ({ text, second: null }));

/**
 * Rows of the run's own data, far apart, as texts to start from; general ones where they cannot be read. None while they load.
 *
 * @param isWanted whether they are shown; if not, nothing is read
 */
export function useExampleTexts(config: RunRecord["config"], isWanted: boolean): readonly ExampleText[] {
  const data = config.data?.kind === "dataSet" ? config.data : null;
  const at = (row: number) => {
    const { placeholderData: _none, ...options } = dataRowsQuery(data?.dataSetId ?? "", row, 1);
    return { ...options, enabled: data !== null && isWanted, retry: false };
  };
  const first = useQuery(at(0));
  const others = useQueries({ queries: exampleRows(first.data?.total ?? 0).map(at) });
  const isWaiting = data !== null && (first.isPending || others.some(({ isLoading }) => isLoading));
  const rows = [first, ...others].flatMap((query) => query.data?.rows ?? []);
  const own = data === null ? [] : rows.flatMap((row) => textOf(row, data.mapping));
  if (isWaiting) return [];
  return own.length > 0 ? withoutRepeats(own) : general;
}

/** Texts to start from; until they are there, their places. */
export function ExampleTexts({ examples, onTake }: ExampleTextsProps) {
  return (
    <div className={styles["examples"]} aria-busy={examples.length === 0}>
      <span>Examples:</span>
      {examples.length === 0 && places.map((place) => <span key={place} className={`skeleton ${styles["example"]}`} aria-hidden="true" />)}
      {examples.map((example) => (
        <Button key={example.text} size="dense" className={styles["example"]} title={example.text} onClick={() => onTake(example)}>
          <span className="cut">{example.text}</span>
        </Button>
      ))}
    </div>
  );
}

const places = ["first", "second", "third"];

function withoutRepeats(examples: readonly ExampleText[]): ExampleText[] {
  return [...new Map(examples.map((example) => [example.text, example])).values()];
}

/** The text of a row of data, or its pair; empty where its columns hold none. */
export function textOf(row: Readonly<Record<string, string>>, mapping: ColumnMapping): ExampleText[] {
  const of = (column: string | undefined) => (column === undefined ? "" : (row[column] ?? "").trim().slice(0, mostCharacters));
  const joined = (columns: readonly (string | undefined)[], separator = "\n") =>
    columns
      .map(of)
      .filter((part) => part !== "")
      .join(separator);
  const found = ((): ExampleText => {
    switch (mapping.kind) {
      case "text":
        return { text: of(mapping.text), second: null };
      case "labelled":
        return { text: of(mapping.text), second: mapping.second === undefined ? null : of(mapping.second) };
      case "promptCompletion":
        return { text: joined([mapping.prompt, mapping.completion], mapping.separator), second: null };
      case "instruction":
        return { text: joined([mapping.instruction, mapping.input, mapping.output]), second: null };
      case "messages":
      case "labelledImage":
        return { text: "", second: null };
    }
  })();
  return found.text === "" ? [] : [found];
}
