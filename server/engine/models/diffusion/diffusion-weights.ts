import type { DiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-config";
import { addLinear } from "@/server/engine/models/encoders/encoder-weights";
import type { WeightShapes } from "@/server/engine/models/weights";
import { TIME_FEATURES } from "./sinusoids";

/** The tensors that a checkpoint should have. */
export function diffusionShapes(config: DiffusionConfig): WeightShapes {
  const { names, dModel, dFeedForward, channels, patchSize } = config;
  const { inner, output } = names;
  const shapes = new Map<string, readonly number[]>();
  shapes.set(`${names.patches}.weight`, [dModel, channels, patchSize.height, patchSize.width]);
  shapes.set(`${names.patches}.bias`, [dModel]);
  for (let layer = 0; layer < config.numLayers; layer++) {
    const own = (name: string) => `${names.layers}.${layer}.${name}`;
    addLinear(shapes, own(inner.time.inner), TIME_FEATURES, dModel);
    addLinear(shapes, own(inner.time.outer), dModel, dModel);
    shapes.set(`${own(inner.classes)}.weight`, [config.numClasses + 1, dModel]);
    addLinear(shapes, own(inner.modulation), dModel, 6 * dModel);
    for (const name of [inner.query, inner.key, inner.value]) {
      addLinear(shapes, own(name), dModel, dModel);
      if (!config.hasInputBias) shapes.delete(`${own(name)}.bias`);
    }
    addLinear(shapes, own(inner.attentionOutput), dModel, dModel);
    addLinear(shapes, own(inner.up), dModel, dFeedForward);
    addLinear(shapes, own(inner.down), dFeedForward, dModel);
  }
  addLinear(shapes, output.modulation, dModel, 2 * dModel);
  addLinear(shapes, output.patches, dModel, patchSize.height * patchSize.width * config.storedChannels);
  return shapes;
}
