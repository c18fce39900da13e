import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { DropoutDraw } from "./dropout";
import type { Parameter } from "./parameter";
import type { KeptObserver } from "./stan";

/** What is trained at a model's projections: an adapter beside them, or weights in their place. */
export type Trainable = {
  /** Modules with a sparse layer, whose latents are followed; none of other methods. */
  readonly sparseModules: readonly { readonly module: string; readonly numLatents: number }[];
  /** In a fixed order. */
  parameters(): Parameter[];
  /** Hooks that can go backward; `draw` is needed where something is drawn at random. */
  trainingHooks(onKept?: KeptObserver, draw?: DropoutDraw): ProjectionHooks;
  /** Lets go of the values handed out for reading. */
  release(): void;
};
