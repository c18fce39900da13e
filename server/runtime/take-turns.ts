import type { DeviceTurns, TurnKind } from "./device-turns";

type Turns = {
  readonly turns: DeviceTurns;
  readonly kind: TurnKind;
  readonly signal: AbortSignal;
};

/**
 * Runs work that yields after each piece of it to its end, one turn of the device a piece, so that others come between.
 *
 * @param onProgress told what each piece yielded
 * @throws Error when aborted
 */
export async function takeTurns<Progress, Result>(
  work: Generator<Progress, Result, void>,
  { turns, kind, signal }: Turns,
  onProgress: (progress: Progress) => void | Promise<void> = () => {},
): Promise<Result> {
  try {
    for (;;) {
      signal.throwIfAborted();
      const step = await turns.take(kind, () => work.next());
      if (step.done === true) return step.value;
      await onProgress(step.value);
    }
  } finally {
    // Lets it free what it holds when it is left early; one that has ended takes no harm.
    work.return(undefined as never);
  }
}
