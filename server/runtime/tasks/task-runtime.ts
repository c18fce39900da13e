import type { TextEvent } from "@/lib/contract/read-text";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import type { ReadTextOptions } from "@/server/runtime/reading-options";
import type { PreparedTask, TaskOptions } from "@/server/runtime/training/training-task";
import type { InputSource, LatentModel, LatentRows, MeasuredSource } from "./latent-rows";
import type { RowPreview } from "./row-preview";

/** How a kind of task runs: what it reads, trains and measures. */
export type TaskRuntime<Settings> = {
  /** How rows are shown before they are trained on. */
  readonly preview: RowPreview;
  /** Reads the rows of a training. @throws FileError naming file and row; Error where the task is not one of the model's */
  prepare(options: TaskOptions, settings: Settings, base: LoadedBase): Promise<PreparedTask>;
  /** Held-out rows of a run. @throws FileError when the data cannot be read */
  heldOutRows(model: LatentModel, source: MeasuredSource): Promise<LatentRows>;
  /** Labelled rows of any file. @throws FileError where there are none */
  inputRows(model: LatentModel, source: InputSource): Promise<LatentRows>;
  /**
   * Reads a text: its tokens with their losses, or with the head's prediction.
   *
   * @returns the modules' latents; none when aborted
   * @throws Error saying what the adapter lacks
   */
  readText(options: ReadTextOptions, model: LatentModel): AsyncGenerator<TextEvent, readonly ModuleReading[]>;
};
