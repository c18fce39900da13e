import type { Progress } from "@/server/engine/evaluation/progress";
import { retold } from "@/server/engine/tensor/in-parts";
import type { Work } from "./study-context";

/** The work with its progress: the units done of all, with what there is of its result. Leaving it early closes the work. */
export function track<Result>(
  work: Work<Result>,
  total: number,
  present: () => Result,
): Generator<Progress<Result> | undefined, Result, void> {
  let done = 0;
  return retold(work, (more) => {
    done += more;
    return { done, total, result: present() };
  });
}
