import type { LabelledRow } from "@/server/engine/models/row-batches";

/** A prompt whose greedy completion is held against a reference. */
export type CompletionRow = {
  /** Prompt and reference, the reference labelled. */
  readonly labelled: LabelledRow;
  readonly prompt: Int32Array;
  readonly reference: string;
};

/** A question with its possible answers, each as a row whose labels are the answer's tokens. */
export type ChoiceRow = { readonly choices: readonly { readonly text: string; readonly labelled: LabelledRow }[]; readonly answer: number };

/** Rows as a model reads them, in the benchmark's order; null where a row is left out. */
export type BenchmarkMaterial =
  | { readonly kind: "languageModel"; readonly rows: readonly (LabelledRow | null)[] }
  | {
      readonly kind: "completion";
      readonly rows: readonly (CompletionRow | null)[];
      readonly maxNewTokens: number;
      /** An answer ends before the first of these. */
      readonly stop: readonly string[];
      readonly isRight: (answer: string, reference: string) => boolean;
    }
  | { readonly kind: "choice"; readonly rows: readonly (ChoiceRow | null)[] };

/** What a model makes of a benchmark, a value a row. */
export type ItemReadings = {
  /**
   * Cross-entropy summed over label tokens, nats: of the text, the reference, or the right choice; of the right class; or a number's squared
   * error. 0 where the row is left out.
   */
  readonly lossSums: Float64Array;
  /** 0 where the row is left out; 1 of a row that is answered with a class or a number. */
  readonly labelTokens: Int32Array;
  /** Null where nothing is answered. */
  readonly answers: ItemAnswers | null;
};

export type ItemAnswers = {
  /** 1 where right, 0 where wrong or left out; null of numbers. */
  readonly right: Uint8Array | null;
  /** The same with each choice's log-likelihood divided by its bytes; null where there are no choices. */
  readonly rightPerByte: Uint8Array | null;
  /** What was answered, a number in all its digits; null where the row is left out. */
  readonly texts: readonly (string | null)[];
};

/** Places of the rows that are not left out, with the rows. */
export function presentRows<Row>(rows: readonly (Row | null)[]): { readonly places: number[]; readonly present: Row[] } {
  const places = [...rows.keys()].filter((place) => rows[place] !== null);
  return { places, present: rows.filter((row) => row !== null) };
}
