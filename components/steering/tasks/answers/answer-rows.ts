import type { ComparedAnswers, TextAnswer } from "@/lib/contract/read-text";

/** One answer beside the others. */
export type AnswerRow = {
  readonly key: string;
  readonly name: string;
  readonly about: string;
  readonly answer: TextAnswer;
  /** Whether it is set against the unedited adapter. */
  readonly isEdited: boolean;
};

/** The answers from the one that does not look at the text to those with each edit alone. @param nameOf an edit by its place in the list */
export function answerRows({ constant, base, adapter, edited, alone }: ComparedAnswers, nameOf: (edit: number) => string): AnswerRow[] {
  const rows: AnswerRow[] = [
    { key: "base", name: "Without the adapter", about: "the trained head over the base model", answer: base, isEdited: false },
    { key: "adapter", name: "Adapter", about: "unedited", answer: adapter, isEdited: false },
  ];
  if (constant !== null) {
    const about = constant.kind === "number" ? "the mean of the training rows" : "the classes’ shares of the training rows";
    rows.unshift({ key: "constant", name: "Constant prediction", about, answer: constant, isEdited: false });
  }
  if (alone.length === 0) return rows;
  const all = alone.length === 1 ? nameOf(alone[0]?.edit ?? 0) : `all ${alone.length} edits that are on`;
  rows.push({ key: "edited", name: "Edited", about: all, answer: edited, isEdited: true });
  if (alone.length === 1) return rows;
  return [
    ...rows,
    ...alone.map(({ edit, answer }) => ({
      key: `edit ${edit}`,
      name: `Edit ${edit + 1} alone`,
      about: nameOf(edit),
      answer,
      isEdited: true,
    })),
  ];
}

/** Places of the classes to be shown, in the order of the head: those that any answer thinks most probable. */
export function shownClasses(rows: readonly Pick<AnswerRow, "answer">[], most: number): number[] {
  const largest: number[] = [];
  for (const { answer } of rows) {
    if (answer.kind !== "classes") continue;
    answer.classes.forEach(({ probability }, at) => {
      largest[at] = Math.max(largest[at] ?? 0, probability);
    });
  }
  return [...largest.keys()]
    .sort((a, b) => (largest[b] ?? 0) - (largest[a] ?? 0) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** The class that an answer is. */
export function bestClass(answer: TextAnswer): number | null {
  if (answer.kind === "number") return null;
  return answer.classes.reduce((best, { probability }, at) => (probability > (answer.classes[best]?.probability ?? 0) ? at : best), 0);
}
