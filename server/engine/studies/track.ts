import type { Progress } from "@/server/engine/evaluation/progress";
import type { Work } from "./study-context";

/** Tells of work as it goes on: the units done of all, with what is there of its result. Work that is left off is closed. */
export function* track<Result>(
  work: Work<Result>,
  total: number,
  present: () => Result,
): Generator<Progress<Result> | undefined, Result, void> {
  let done = 0;
  try {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      done += step.value ?? 0;
      yield step.value === undefined ? undefined : { done, total, result: present() };
    }
  } finally {
    work.return(present());
  }
}
