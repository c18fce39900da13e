import type { VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { EncoderPass } from "@/server/engine/models/encoders/encoder-block";
import type { EncoderReader } from "@/server/engine/models/encoders/encoder-weights";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { type Projection, project, projectApart, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** What a feed-forward part makes of its input: what its last projection reads, and the backward pass. */
export type VisionMlp<Saved> = {
  readonly projections: readonly Projection[];
  readonly down: Projection;
  forward(x: Tensor, pass: EncoderPass): { bent: Tensor; saved: Saved };
  isAdapted(saved: Saved): boolean;
  /** Adds the adapters' gradients to `gradients`; gives the parts of x's when it is needed. */
  backward(dBent: Tensor, saved: Saved, needsInput: boolean, gradients: Gradients): Tensor[];
};

/** `second` is the up projection beside a gate. */
export type SavedMlp = {
  readonly first: Tensor;
  readonly isBiased: boolean;
  readonly firstAdapted: SavedProjection;
  readonly second: Tensor | undefined;
  readonly secondAdapted: SavedProjection;
};

/** @param prefix of the block's names */
export function visionMlp(config: VisionConfig, prefix: string, layer: number, reader: EncoderReader): VisionMlp<SavedMlp> {
  const { gate, up, down } = config.names.inner;
  const read = (name: string) => reader.linear(`${prefix}.${name}`, layer);
  return gate === undefined ? plainMlp(read(up), read(down), config) : gatedMlp(read(gate), read(up), read(down));
}

function plainMlp(up: Projection, down: Projection, config: VisionConfig): VisionMlp<SavedMlp> {
  const bend = nonlinearityOf(config.activation);
  return {
    projections: [up, down],
    down,
    forward(x, { hooks, hookPass }) {
      const { output, bias, saved } = projectApart(up, x, hooks, hookPass);
      const bent = bend.forward(output, bias);
      const isBiased = bias === undefined;
      return { bent, saved: { first: output, isBiased, firstAdapted: saved, second: undefined, secondAdapted: undefined } };
    },
    isAdapted: ({ firstAdapted }) => firstAdapted !== undefined,
    backward(dBent, { first, isBiased, firstAdapted }, needsInput, gradients) {
      const dFirst = bend.backward(first, dBent, isBiased ? undefined : up.bias);
      return projectBackward(up, dFirst, firstAdapted, needsInput, gradients);
    },
  };
}

function gatedMlp(gate: Projection, up: Projection, down: Projection): VisionMlp<SavedMlp> {
  return {
    projections: [gate, up, down],
    down,
    forward(x, { hooks, hookPass }) {
      const first = project(gate, x, hooks, hookPass);
      const second = project(up, x, hooks, hookPass);
      const bent = siluMul(first.output, second.output);
      const adapted = { firstAdapted: first.saved, secondAdapted: second.saved };
      return { bent, saved: { first: first.output, isBiased: true, second: second.output, ...adapted } };
    },
    isAdapted: ({ firstAdapted, secondAdapted }) => firstAdapted !== undefined || secondAdapted !== undefined,
    backward(dBent, { first, firstAdapted, second, secondAdapted }, needsInput, gradients) {
      const { dGate, dUp } = siluMulGrad(first, second as Tensor, dBent);
      const fromGate = projectBackward(gate, dGate, firstAdapted, needsInput, gradients);
      return [...fromGate, ...projectBackward(up, dUp, secondAdapted, needsInput, gradients)];
    },
  };
}
