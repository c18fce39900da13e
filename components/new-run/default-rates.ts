import type { RunMethod, RunTask } from "@/lib/contract/run-config";

/** Learning rates by method. */
export type Rates = Readonly<Record<RunMethod, number>>;

const ofText: Rates = { stan: 2e-3, lora: 3e-4, full: 5e-5, head: 1e-3 };
const ofAnswers: Rates = { stan: 2e-3, lora: 2e-3, full: 5e-5, head: 1e-2 };

/** Our choice of the learning rates that a form begins with. */
export function defaultRates({ kind }: Pick<RunTask, "kind">): Rates {
  return kind === "languageModel" ? ofText : ofAnswers;
}

/** The rates of a form whose task changes: what a person has typed stays. */
export function ratesForTask(rates: Rates, before: RunTask, after: RunTask): Rates {
  const [was, becomes] = [defaultRates(before), defaultRates(after)];
  const next = (method: RunMethod) => (rates[method] === was[method] ? becomes[method] : rates[method]);
  return { stan: next("stan"), lora: next("lora"), full: next("full"), head: next("head") };
}
