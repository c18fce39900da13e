/** What is known of a failure by its words, with what to do about it. */
type Advice = { readonly words: RegExp; readonly advice: string };

const known: readonly Advice[] = [
  {
    words: /not a number|not finite|is (NaN|-?Infinity)/i,
    advice: "It diverged: leave the highest learning rates out, or give more warm-up. Such a trial counts as tried; the others go on.",
  },
  {
    words: /OOM|out of memory|bad_alloc|failed to allocate|ResourceExhausted|allocation/i,
    advice:
      "Memory ran out: train fewer rows at a time (a smaller batch, or micro-batches through the API), shorter rows, or with frozen weights computed in bfloat16; then resume.",
  },
  { words: /disk is full|no space left|ENOSPC/i, advice: "Free some space on the disk, then resume: it goes on from the last checkpoint." },
  {
    words: /no longer there|add it again|not there|no such file/i,
    advice: "Put what is missing back in its place, or add it again under the same path; then resume.",
  },
  { words: /database/i, advice: "Resume: it goes on from the last checkpoint." },
];

/** What a person can do about a failed run; what its own message says stands beside it. */
export function failureAdvice(error: string): string {
  return (
    known.find(({ words }) => words.test(error))?.advice ??
    "Open the run for its log. Resume trains what failed once more, from its last checkpoint."
  );
}
