import { formMethodOf } from "@/components/methods/forms";
import { byMethod } from "@/lib/contract/methods/methods";
import type { RunMethod } from "@/lib/contract/run-config";
import { isAnswerTask, type RunTask } from "@/lib/contract/tasks/tasks";

/** Learning rates by method. */
export type Rates = Readonly<Record<RunMethod, number>>;

/**
 * Our choice of the learning rates that a form begins with. A fresh head wants larger steps. Measured on all-MiniLM-L6-v2: three classes of tweets, 150
 * steps of 8 rows, one seed; accuracy on 200 held-out rows, where the commonest class gets 54 %. STAN (M 256, k 16) 82 % at 5e-3; LoRA (rank 16) 77 % at
 * 2e-3, 76 % at 5e-3, at 3e-4 nothing learned; full fine-tuning 74 % at 5e-5, 84 % at 2e-4; a head alone 54 % at 1e-2, 62 % at 3e-2.
 */
export function defaultRates(task: RunTask): Rates {
  return byMethod((method) => formMethodOf({ method }).rates[isAnswerTask(task) ? "answers" : "text"]);
}

/** The rates of a form whose task changes: what a person has typed stays. */
export function ratesForTask(rates: Rates, before: RunTask, after: RunTask): Rates {
  const [was, becomes] = [defaultRates(before), defaultRates(after)];
  return byMethod((method) => (rates[method] === was[method] ? becomes[method] : rates[method]));
}
