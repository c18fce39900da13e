import type { HeadTensors } from "@/server/engine/models/encoders/classification-head";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";

/** An encoder with its head, whose tensors are read again for each pass. */
export type Classifier = { readonly model: ClassificationModel; readonly head: () => HeadTensors };
