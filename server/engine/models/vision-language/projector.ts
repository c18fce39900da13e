import type { ProjectorConfig } from "@/lib/contract/architectures/vision-language/vision-language-config";
import type { EncoderReader } from "@/server/engine/models/encoders/encoder-weights";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { type Projection, project, projectApart, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients, HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { addAll } from "@/server/engine/tensor/arithmetic";
import type { Tensor } from "@/server/engine/tensor/tensor";

type SavedProjector = {
  readonly bent: { readonly input: Tensor; readonly isBiased: boolean };
  readonly first: SavedProjection;
  readonly second: SavedProjection;
};

/** Brings the states of a vision encoder to the width of the language model: a linear layer, a nonlinearity, a linear layer. */
export type Projector = {
  readonly projections: readonly Projection[];
  /** x (positions, dIn) → (positions, dOut); `saved` holds what `backward` reads; whoever calls frees it. */
  forward(x: Tensor, hooks: ProjectionHooks | undefined, pass: HookPass): { y: Tensor; saved: SavedProjector };
  /** Adds the adapters' gradients to `gradients`; gives the input's when it is needed. */
  backward(dy: Tensor, saved: SavedProjector, needsInput: boolean, gradients: Gradients): Tensor | undefined;
};

/** @param layer that both count as */
export function projectorOf(config: ProjectorConfig, layer: number, reader: EncoderReader): Projector {
  const first = reader.linear(config.first, layer, config.hasBias);
  const second = reader.linear(config.second, layer, config.hasBias);
  const bend = nonlinearityOf(config.activation);
  return {
    projections: [first, second],
    forward(x, hooks, pass) {
      const wide = projectApart(first, x, hooks, pass);
      const { output, saved } = project(second, bend.forward(wide.output, wide.bias), hooks, pass);
      const bent = { input: wide.output, isBiased: wide.bias === undefined };
      return { y: output, saved: { bent, first: wide.saved, second: saved } };
    },
    backward(dy, saved, needsInput, gradients) {
      const needsBent = needsInput || saved.first !== undefined;
      const dBent = sum(projectBackward(second, dy, saved.second, needsBent, gradients));
      if (dBent === undefined) return undefined;
      const dWide = bend.backward(saved.bent.input, dBent, saved.bent.isBiased ? undefined : first.bias);
      return sum(projectBackward(first, dWide, saved.first, needsInput, gradients));
    },
  };
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
