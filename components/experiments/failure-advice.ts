/** Known failures by their messages, with advice. */
type Advice = { readonly words: RegExp; readonly advice: string };

const known: readonly Advice[] = [
  {
    words: /not a number|not finite|is (NaN|-?Infinity)/i,
    advice: "Training diverged. Drop the highest learning rates or increase warm-up. The trial counts as tried; the others continue.",
  },
  {
    words: /OOM|out of memory|bad_alloc|failed to allocate|ResourceExhausted|allocation/i,
    advice:
      "Out of memory. Use fewer rows at a time (a smaller batch, or micro-batches through the API), shorter rows, or bfloat16 frozen weights; then resume.",
  },
  {
    words: /disk is full|no space left|ENOSPC/i,
    advice: "Free some disk space, then resume: training continues from the last checkpoint.",
  },
  {
    words: /was removed|add it again|missing|does not exist|no such file/i,
    advice: "Restore the missing files, or add them again under the same path; then resume.",
  },
  { words: /database/i, advice: "Resume: training continues from the last checkpoint." },
];

/** Advice on a failed run, shown with its own message. */
export function failureAdvice(error: string): string {
  return known.find(({ words }) => words.test(error))?.advice ?? "See the run’s log. Resume retries what failed, from its last checkpoint.";
}
