import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";
import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";

/** Names of a diffusion transformer's modules, as diffusers has them. */
export type DiffusionNames = {
  readonly patches: string;
  readonly layers: string;
  /** Modules within a block. */
  readonly inner: {
    /** The two layers that read the time step, and the table of classes. */
    readonly time: { readonly inner: string; readonly outer: string };
    readonly classes: string;
    readonly modulation: string;
    readonly query: string;
    readonly key: string;
    readonly value: string;
    readonly attentionOutput: string;
    readonly up: string;
    readonly down: string;
  };
  /** What shifts and scales the last norm, and what makes patches of its output. */
  readonly output: { readonly modulation: string; readonly patches: string };
};

/** What the forward pass of a diffusion transformer depends on. */
export type DiffusionConfig = {
  readonly family: "diffusion";
  readonly names: DiffusionNames;
  /** Of the images that it denoises: pixels, or the latents of an autoencoder. */
  readonly imageSize: GridSize;
  readonly patchSize: GridSize;
  readonly channels: number;
  /** The checkpoint's: of twice as many as it reads, the second half is the variance, which is not computed. */
  readonly storedChannels: number;
  readonly dModel: number;
  readonly numLayers: number;
  readonly heads: number;
  readonly dHead: number;
  readonly dFeedForward: number;
  /** Of the norms before attention and of the last one, and of those before the feed-forward part. */
  readonly normEpsilon: { readonly modulated: number; readonly mlp: number };
  readonly activation: NonlinearityName;
  /** Whether queries, keys and values have biases. */
  readonly hasInputBias: boolean;
  /** The class of this number, one more than there are, is "no class". */
  readonly numClasses: number;
};
