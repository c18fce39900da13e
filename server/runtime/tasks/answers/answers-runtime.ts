import { ENCODER_NAMES, IMAGE_ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import type { AnswerBase, LoadedBase } from "@/server/runtime/models/load-base-model";
import type { TaskRuntime } from "@/server/runtime/tasks/task-runtime";
import { answerEvents } from "./answer-events";
import { heldOutAnswerRows, inputAnswerRows } from "./answer-latent-rows";
import type { AnswerLearning } from "./answer-learning";
import { answerPreview } from "./answer-preview";
import { prepareAnswers } from "./prepare-answers";

/** A task that answers a whole text through a head over an encoder, with a class or a number. */
export function answersRuntime<Settings extends { readonly kind: string }>(learning: AnswerLearning<Settings>): TaskRuntime<Settings> {
  return {
    preview: answerPreview,
    prepare: async (options, settings, base) => prepareAnswers(options, { learning, settings }, encoderFor(settings.kind, base)),
    heldOutRows: heldOutAnswerRows,
    inputRows: inputAnswerRows,
    readText: answerEvents,
  };
}

function encoderFor(kind: string, base: LoadedBase): AnswerBase {
  if (base.kind === "encoder" || base.kind === "imageEncoder") return base;
  throw new Error(
    `${base.path}: is not a supported encoder, and task ${kind} needs one: ${[...ENCODER_NAMES, ...IMAGE_ENCODER_NAMES].join(", ")}`,
  );
}
