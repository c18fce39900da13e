import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Mutation } from "./mutation";
import type { Outcome } from "./outcome";

/** Cases of one reader, by the numbers that choose their valid inputs. */
export type Task = { readonly reader: string; readonly from: number; readonly cases: readonly (readonly Mutation[])[] };
export type Report =
  | { readonly kind: "begins"; readonly index: number }
  | ({ readonly kind: "ends" } & CaseResult)
  | { readonly kind: "over" };
export type CaseResult = { readonly index: number; readonly outcome: Outcome; readonly cpuMs: number; readonly grownBytes: number };

/** A hang is told by the wall's clock, of a machine that may be busy. */
const [startMs, hangMs] = [300_000, 60_000];
const entry = fileURLToPath(new URL("../../run-knock-child.mjs", import.meta.url));

/** A process that reads cases. One that a case ends is followed by another. */
export class ReadingProcess {
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** @throws Error when the process ends before the first case */
  async run(task: Task): Promise<CaseResult[]> {
    const results: CaseResult[] = [];
    for (let from = task.from; from < task.cases.length; from = (results.at(-1)?.index ?? from) + 1) {
      results.push(...(await this.#runSome({ ...task, from })));
    }
    return results;
  }

  /** The process removes its folder and ends. */
  stop(): void {
    this.#child?.disconnect();
    this.#child = undefined;
  }

  /** Runs cases until one ends the process or all are done. */
  #runSome(task: Task): Promise<CaseResult[]> {
    this.#child ??= fork(entry, {
      env: { ...process.env, ...this.#environment },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
    });
    const child = this.#child;
    const results: CaseResult[] = [];
    let words = "";
    let begun: number | undefined;
    const hear = (text: Buffer) => {
      words = `${words}${text.toString("utf8")}`.slice(-2000);
    };
    return new Promise((resolve, reject) => {
      let clock = setTimeout(() => child.kill("SIGKILL"), startMs);
      const finish = (settle: () => void) => {
        clearTimeout(clock);
        child.removeAllListeners();
        child.stderr?.off("data", hear);
        settle();
      };
      child.stderr?.on("data", hear);
      child.on("message", (report: Report) => {
        clearTimeout(clock);
        clock = setTimeout(() => child.kill("SIGKILL"), hangMs);
        if (report.kind === "begins") begun = report.index;
        else if (report.kind === "ends") results.push(report);
        else finish(() => resolve(results));
      });
      child.on("exit", (code, signal) => {
        this.#child = undefined;
        if (begun === undefined) return finish(() => reject(new Error(`${task.reader} could not begin: ${words}`)));
        const message = `the process ended with ${signal ?? code} (it is killed after ${hangMs / 1000} s): ${words}`;
        const fault: CaseResult = { index: begun, outcome: { kind: "fault", message }, cpuMs: 0, grownBytes: 0 };
        finish(() => resolve([...results, fault]));
      });
      child.send(task);
    });
  }
}
