import type { HeadTensors } from "@/server/engine/models/encoders/classification-head";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { AnswerTaskOf } from "@/server/engine/tasks/answers/answer-task";

/** An encoder with its head, whose tensors are read again for each pass, and the task that the head answers. */
export type Classifier = { readonly task: AnswerTaskOf; readonly model: ClassificationModel; readonly head: () => HeadTensors };
