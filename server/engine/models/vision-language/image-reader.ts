import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";
import type { ImageInputConfig } from "@/lib/contract/architectures/vision-language/vision-language-config";
import type { Batch } from "@/server/engine/models/batch";
import type { DifferentiateOptions } from "@/server/engine/models/block-passes";
import type { Images } from "@/server/engine/models/images";
import type { Projection } from "@/server/engine/models/projection";
import type { Gradients, ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** States (rows · tokens, dModel) in which features stand at image tokens, and the way back to the modules that made them. */
export type PlacedFeatures = {
  readonly states: Tensor;
  /** Adds the gradients of adapters below the language model, of the states' (rows · tokens, dModel). */
  backward(dStates: Tensor, gradients: Gradients): InParts<void>;
};

/** How a language model reads the images of its batches: a tower, and a projector to the width of its states. */
export type ImageReader = {
  readonly config: ImageInputConfig;
  /** In the order of computation. They count as layers below 0: the projector as −1, the tower's last block that is read as −2. */
  readonly projections: readonly Projection[];
  /** Linear modules of the tower's blocks that no feature hangs on, which are not loaded: adapters of them change nothing. */
  readonly unread: readonly Pick<Projection, "module" | "dIn" | "dOut">[];
  /** How many image tokens stand for an image of this size. */
  featuresOf(size: GridSize): number;
  /** Why an image cannot be read, to follow its name in a sentence; null where it can. */
  problemOf(image: Omit<Images, "pixels">): string | null;
  /** What is added to logits so that no image token is chosen, (vocab); undefined where the vocabulary has none. */
  readonly barred: Tensor | undefined;
  /** @throws RangeError unless the image tokens of the batch are those of its images, and these fit the tower */
  demand(batch: Batch): void;
  /** Puts the features of the batch's images in the place of image tokens' embeddings, which it frees. A block of the tower is a part. */
  place(batch: Batch, embedded: Tensor, hooks: ProjectionHooks | undefined): InParts<Tensor>;
  /** The same with the way back. */
  differentiate(batch: Batch, embedded: Tensor, hooks: ProjectionHooks, options: DifferentiateOptions): InParts<PlacedFeatures>;
};
