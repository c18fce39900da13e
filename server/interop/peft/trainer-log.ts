import { z } from "zod";
import { FileError } from "@/server/files/file-error";
import { readTextFile } from "@/server/files/json-file";
import { asOneTraining } from "./resumed-training";
import { parsePythonJson, type TrainingLog } from "./trainer-state";

const number = z.number().nullish();
const line = z.looseObject({
  current_steps: z.int().min(0),
  total_steps: z.int().nullish(),
  loss: number,
  eval_loss: number,
  /** `learning_rate` in older versions. */
  lr: number,
  learning_rate: number,
  epoch: number,
  elapsed_time: z.string().nullish(),
  total_tokens: number,
});

/**
 * Reads LLaMA-Factory's `trainer_log.jsonl`, to which a resumed training is added. A last line that was not written to its end is passed over.
 *
 * @throws FileError naming the line at fault
 */
export function readTrainerLog(path: string): TrainingLog {
  const lines = wholeLines(readTextFile(path));
  const parsed = lines.flatMap((text, at) => (text.trim() === "" ? [] : [parseLine(path, text, at + 1)]));
  const entries = asOneTraining(
    parsed.map((logged) => ({ ...logged, step: logged.current_steps, seconds: secondsOf(logged.elapsed_time) })),
  );
  const last = entries.at(-1);
  return {
    steps: entries.flatMap(({ step, loss, seconds, ...logged }) => {
      if (loss === null || loss === undefined) return [];
      const learningRate = logged.lr ?? logged.learning_rate ?? null;
      return [{ step, loss, gradNorm: null, learningRate, tokens: logged.total_tokens || null, seconds }];
    }),
    evaluations: entries.flatMap(({ step, eval_loss: loss }) => (loss === null || loss === undefined ? [] : [{ step, loss }])),
    lastStep: last?.step ?? null,
    maxSteps: last?.total_steps || null,
    epochs: last?.epoch ?? null,
    trainingSeconds: entries.findLast(({ seconds }) => seconds !== null)?.seconds ?? null,
    stated: {},
  };
}

/** A training that was killed while it wrote leaves a line without its end. */
function wholeLines(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.at(-1) ?? "";
  return last.trim() === "" || last.trimEnd().endsWith("}") ? lines : lines.slice(0, -1);
}

function parseLine(path: string, text: string, at: number): z.output<typeof line> {
  const parsed = line.safeParse(parsePythonJson(`${path} line ${at}`, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FileError("invalid", path, `line ${at}: key "${issue?.path.join(".")}": ${issue?.message}`);
}

/** `1:02:03` or `2 days, 1:02:03`, as Python prints a duration; null where there is none or it is of another form. */
function secondsOf(duration: string | null | undefined): number | null {
  const found = /^(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)(?:\.\d+)?$/.exec(duration ?? "");
  if (found === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
