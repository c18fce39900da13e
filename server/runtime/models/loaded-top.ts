import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { AnswerTaskOf } from "@/server/engine/tasks/answers/answer-task";
import { FileError } from "@/server/files/file-error";

/** A head over an encoder, with the model that it answers through and the task that it learned. */
export type LoadedHead = {
  readonly kind: AnswerTask["kind"];
  readonly task: AnswerTaskOf;
  readonly model: ClassificationModel;
  readonly head: TrainedHead;
};

/** What runs over a base model: an adapter or whole weights, and of an encoder a head, trained with them or the checkpoint's own; whoever loads them frees them. */
export type LoadedTop = {
  /** Undefined where a head was trained alone. */
  readonly trained: Trained | undefined;
  /** It again, where it is an adapter: what has latents. */
  readonly adapter: Adapter | undefined;
  readonly classifier: LoadedHead | undefined;
};

/** Frees what was trained where its head cannot be read. */
export function topOf(trained: Trained | undefined, readHead: () => LoadedHead | undefined): LoadedTop {
  try {
    return { trained, adapter: trained?.adapter, classifier: readHead() };
  } catch (error) {
    trained?.free();
    throw error;
  }
}

/** @throws FileError for what has no latents */
export function demandAdapter({ trained, adapter }: LoadedTop, folder: string): Adapter {
  if (adapter !== undefined) return adapter;
  const what = trained === undefined ? "a head alone, which has" : "full weights, which have";
  throw new FileError("invalid", folder, `contains ${what} no latents; give an adapter`);
}

export function freeTop({ trained, classifier }: LoadedTop): void {
  trained?.free();
  classifier?.head.free();
}
