import type { TurnKind, Turns } from "./device-turns";

type TurnsOfWork = {
  readonly turns: Turns;
  readonly kind: TurnKind;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs work to its end that yields its progress after each piece, and nothing between two parts of a piece. A turn of the device lasts until the piece
 * is done or its time is up, whichever comes first, so that others come between.
 *
 * @param onProgress told what each piece yielded
 * @throws Error when aborted
 */
export async function takeTurns<Progress, Result>(
  work: Generator<Progress | undefined, Result, void>,
  options: TurnsOfWork,
  onProgress: (progress: Progress) => void | Promise<void> = () => {},
): Promise<Result> {
  const pieces = piecesInTurns(work, options);
  try {
    for (;;) {
      const piece = await pieces.next();
      if (piece.done === true) return piece.value;
      await onProgress(piece.value);
    }
  } finally {
    await pieces.return(undefined as never);
  }
}

/** The same, piece by piece: what each yielded comes as soon as it is done. Leaving it early ends the work. @throws Error when aborted */
export async function* piecesInTurns<Progress, Result>(
  work: Generator<Progress | undefined, Result, void>,
  { turns, kind, signal }: TurnsOfWork,
): AsyncGenerator<Progress, Result, void> {
  try {
    for (;;) {
      signal?.throwIfAborted();
      const step = await turns.take(kind, (isTimeUp) => {
        let step = work.next();
        while (step.done !== true && step.value === undefined && !isTimeUp()) step = work.next();
        return step;
      });
      if (step.done === true) return step.value;
      if (step.value !== undefined) yield step.value;
    }
  } finally {
    // Frees what it holds when it is left early; work that has ended is not touched.
    work.return(undefined as never);
  }
}
