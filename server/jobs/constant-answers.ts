import type { TextAnswer } from "@/lib/contract/read-text";
import type { StoredRunConfig } from "@/lib/contract/run-config";
import { isAnswerTask, taskOf } from "@/lib/contract/tasks/tasks";
import type { RunRow } from "@/server/db/runs/runs";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import { constantTextAnswer } from "@/server/runtime/tasks/answers/constant-text-answer";
import type { JobContext } from "./job-context";
import { runData } from "./run-data";

/** Runs whose answers are remembered. */
const most = 256;

/** The answers of runs of encoders that do not look at the text. Each is read from the run's data once: a run's configuration never changes. */
export class ConstantAnswers {
  readonly #context: JobContext;
  readonly #known = new Map<string, TextAnswer | null>();

  constructor(context: JobContext) {
    this.#context = context;
  }

  /** @returns null where what the run trained on is not known, or no longer there */
  async of(run: RunRow, config: StoredRunConfig, base: AnswerBase): Promise<TextAnswer | null> {
    const known = this.#known.get(run.id);
    if (known !== undefined) return known;
    const answer = await this.#read(run, config, base).catch(() => undefined);
    // What cannot be read now may be read later: the database or the disk may be away, the data be added again.
    if (answer === undefined) return null;
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(run.id, answer);
    return answer;
  }

  async #read(run: RunRow, config: StoredRunConfig, base: AnswerBase): Promise<TextAnswer | null> {
    const task = taskOf(config);
    if (!isAnswerTask(task) || config.training === null) return null;
    return constantTextAnswer(await runData(this.#context, run, config), task, base);
  }
}
