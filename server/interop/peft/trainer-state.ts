import { z } from "zod";
import { FileError } from "@/server/files/file-error";
import { readTextFile } from "@/server/files/json-file";
import { asOneTraining } from "./resumed-training";

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
  /** What was logged of its last evaluations beside one loss, as `eval_accuracy at step 8`. */
  readonly stated: Readonly<Record<string, string>>;
};

const number = z.number().nullish();
const entry = z.looseObject({
  step: z.int32().min(0),
  loss: number,
  grad_norm: number,
  learning_rate: number,
  num_input_tokens_seen: number,
  train_runtime: number,
});
const stateFile = z.looseObject({
  log_history: z.array(entry).default([]),
  global_step: z.int32().min(0).nullish(),
  max_steps: z.int32().nullish(),
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
  const { log_history: logged, global_step: lastStep, max_steps: maxSteps, epoch } = parsed.data;
  const history = asOneTraining(logged.map((entry) => ({ ...entry, seconds: entry.train_runtime ?? null })));
  const { losses, stated } = evaluationsOf(history);
  return {
    steps: history.flatMap(({ step, loss, grad_norm: gradNorm, learning_rate: learningRate, num_input_tokens_seen: tokens, seconds }) => {
      if (loss === null || loss === undefined) return [];
      // The trainer writes 0 where it was not asked to count.
      return [{ step, loss, gradNorm: gradNorm ?? null, learningRate: learningRate ?? null, tokens: tokens || null, seconds }];
    }),
    evaluations: losses,
    lastStep: lastStep ?? history.at(-1)?.step ?? null,
    maxSteps: maxSteps !== null && maxSteps !== undefined && maxSteps > 0 ? maxSteps : null,
    epochs: epoch ?? null,
    trainingSeconds: history.findLast(({ seconds }) => seconds !== null)?.seconds ?? null,
    stated,
  };
}

const evaluated = /^eval_(?:.*_)?loss$/;
const costs = /^eval_(?:.*_)?(?:runtime|samples_per_second|steps_per_second|preparation_time)$/;

/** The loss by step where there is one a time; of several sets, and of other metrics, the last. */
function evaluationsOf(
  history: ReadonlyArray<z.output<typeof entry>>,
): Pick<TrainingLog, "stated"> & { losses: TrainingLog["evaluations"] } {
  const numbers = history.flatMap(({ step, ...values }) =>
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "number" && name.startsWith("eval_") && !costs.test(name) ? [{ step, name, value }] : [],
    ),
  );
  const names = new Set(numbers.filter(({ name }) => evaluated.test(name)).map(({ name }) => name));
  const [only] = names.size === 1 ? names : [];
  const others = new Map(numbers.filter(({ name }) => name !== only).map((logged) => [logged.name, logged]));
  return {
    losses: numbers.flatMap(({ step, name, value }) => (name === only ? [{ step, loss: value }] : [])),
    stated: Object.fromEntries(
      [...others.values()].map(({ name, step, value }) => [`${name} at step ${step}`, String(Number(value.toPrecision(6)))]),
    ),
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
