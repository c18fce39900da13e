/** Work that stops between its parts, none of which takes the device for long: whoever runs it may let others work before the next. */
export type InParts<Result> = Generator<undefined, Result, void>;

/** Runs work to its end at once, whatever it yields. */
export function wholly<Result>(work: Generator<unknown, Result, void>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** The same work with its progress in other words. Leaving it early ends the work too, which then frees what it holds. */
export function* retold<Progress, Told, Result>(
  work: Generator<Progress | undefined, Result, void>,
  tell: (progress: Progress) => Told,
): Generator<Told | undefined, Result, void> {
  try {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      yield step.value === undefined ? undefined : tell(step.value);
    }
  } finally {
    work.return(undefined as never);
  }
}
