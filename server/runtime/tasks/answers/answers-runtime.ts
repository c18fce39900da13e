import { ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { EncoderBase, LoadedBase } from "@/server/runtime/models/load-base-model";
import type { TaskRuntime } from "@/server/runtime/tasks/task-runtime";
import { answerEvents } from "./answer-events";
import { heldOutAnswerRows, inputAnswerRows } from "./answer-latent-rows";
import { prepareAnswers } from "./prepare-answers";

/** A class or a number for a whole text, through a head over an encoder. */
export const answers: TaskRuntime<AnswerTask> = {
  prepare: async (options, task, base) => prepareAnswers(options, task, encoderFor(task, base)),
  heldOutRows: heldOutAnswerRows,
  inputRows: inputAnswerRows,
  readText: answerEvents,
};

function encoderFor({ kind }: AnswerTask, base: LoadedBase): EncoderBase {
  if (base.kind === "encoder") return base;
  throw new Error(`${base.path}: is not a supported encoder, and task ${kind} needs one: ${ENCODER_NAMES.join(", ")}`);
}
