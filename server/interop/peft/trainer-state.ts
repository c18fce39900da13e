import { z } from "zod";
import { FileError } from "@/server/files/file-error";
import { readTextFile } from "@/server/files/json-file";

/** A logged step; what the log does not say is null. */
export type LoggedStep = {
  readonly step: number;
  readonly loss: number;
  readonly gradNorm: number | null;
  readonly learningRate: number | null;
  readonly tokens: number | null;
  readonly seconds: number | null;
};

export type TrainingLog = {
  readonly steps: readonly LoggedStep[];
  readonly evaluations: ReadonlyArray<{ readonly step: number; readonly loss: number }>;
  /** The last step that was made. */
  readonly lastStep: number | null;
  readonly maxSteps: number | null;
  readonly epochs: number | null;
  readonly trainingSeconds: number | null;
};

const number = z.number().nullish();
const entry = z.looseObject({
  step: z.int().min(0),
  loss: number,
  grad_norm: number,
  learning_rate: number,
  eval_loss: number,
  num_input_tokens_seen: number,
  train_runtime: number,
});
const stateFile = z.looseObject({
  log_history: z.array(entry).default([]),
  global_step: z.int().min(0).nullish(),
  max_steps: z.int().nullish(),
  epoch: number,
});

/**
 * Reads what the trainer of transformers logged (`trainer_state.json`). A loss is the mean since the entry before, as it logs it.
 *
 * @throws FileError naming the key at fault
 */
export function readTrainerState(path: string): TrainingLog {
  const parsed = stateFile.safeParse(parsePythonJson(path, readTextFile(path)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FileError("invalid", path, `key "${issue?.path.join(".")}": ${issue?.message}`);
  }
  const { log_history: history, global_step: lastStep, max_steps: maxSteps, epoch } = parsed.data;
  return {
    steps: history.flatMap((logged) => {
      const { step, loss } = logged;
      if (loss === null || loss === undefined) return [];
      return [
        {
          step,
          loss,
          gradNorm: logged.grad_norm ?? null,
          learningRate: logged.learning_rate ?? null,
          // The trainer writes 0 where it was not asked to count.
          tokens: logged.num_input_tokens_seen || null,
          seconds: null,
        },
      ];
    }),
    evaluations: history.flatMap(({ step, eval_loss: loss }) => (loss === null || loss === undefined ? [] : [{ step, loss }])),
    lastStep: lastStep ?? history.at(-1)?.step ?? null,
    maxSteps: maxSteps !== null && maxSteps !== undefined && maxSteps > 0 ? maxSteps : null,
    epochs: epoch ?? null,
    trainingSeconds: history.findLast((logged) => logged.train_runtime != null)?.train_runtime ?? null,
  };
}

/** Python's `json` writes NaN and infinities, which JSON does not know: they are read as null. */
export function parsePythonJson(path: string, text: string): unknown {
  const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (word) => (word.startsWith('"') ? word : "null"));
  try {
    return JSON.parse(strict);
  } catch (cause) {
    throw new FileError("invalid", path, `is not valid JSON (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
}
