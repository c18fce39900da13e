import type { KeptObserver } from "@/server/engine/methods/attached-module";
import type { DropoutDraw } from "@/server/engine/methods/dropout";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";

/** What is trained at a model's projections: an adapter beside them, or weights in their place. */
export type Trainable = {
  /** Modules with a sparse layer, whose latents are followed; none of other methods. */
  readonly sparseModules: readonly { readonly module: string; readonly numLatents: number }[];
  /** Whether a selection is over a pass as a whole, as BatchTopK's is; false when absent. */
  readonly selectsOverBatch?: boolean;
  /** In a fixed order. */
  parameters(): Parameter[];
  /** Hooks that can go backward; `draw` is needed where something is drawn at random, `attentionMask` (tokens) where the batch is padded. */
  trainingHooks(onKept?: KeptObserver, draw?: DropoutDraw, attentionMask?: Int32Array): ProjectionHooks;
  /** After the update of a step; absent where nothing but parameters changes. */
  endStep?(): void;
  /** Lets go of the values handed out for reading. */
  release(): void;
};
