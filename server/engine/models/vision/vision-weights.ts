import { liveTensors, type StoredPlace } from "@/lib/contract/architectures/vision/live-names";
import type { VisionArchitecture } from "@/lib/contract/architectures/vision/vision-architecture";
import { patchGrid, type VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import { shapesOf } from "@/server/engine/models/encoders/classification-head";
import { addLinear, addNorm } from "@/server/engine/models/encoders/encoder-weights";
import type { WeightShapes, WeightSource } from "@/server/engine/models/weights";
import { scoresModule } from "./vision-head";

/** A checkpoint under the names of the live model, as `liveTensors` finds them. */
export function underLiveNames(source: WeightSource, architecture: VisionArchitecture): WeightSource {
  return placedWeights(source, liveTensors(source.names(), architecture));
}

/** A checkpoint by other names. @param places of its tensors in the file */
export function placedWeights(source: WeightSource, places: ReadonlyMap<string, StoredPlace>): WeightSource {
  const placeOf = (name: string): StoredPlace => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`the weights hold no ${name}`);
    return place;
  };
  return {
    names: () => [...places.keys()],
    shape(name) {
      const { stored, half } = placeOf(name);
      const [rows = 0, ...rest] = source.shape(stored);
      return half === undefined ? source.shape(stored) : [rows / 2, ...rest];
    },
    read(name) {
      const { stored, half } = placeOf(name);
      const values = source.read(stored);
      return half === undefined ? values : values.slice((half * values.length) / 2, ((half + 1) * values.length) / 2);
    },
    blocks(name) {
      const { stored, half } = placeOf(name);
      return half === undefined ? source.blocks?.(stored) : undefined;
    },
  };
}

/** The tensors that a checkpoint should have, those of its head aside. */
export function visionShapes(config: VisionConfig): Map<string, readonly number[]> {
  const { names, dModel, heads, dHead, dFeedForward } = config;
  const { inner } = names;
  const grid = patchGrid(config.imageSize, config);
  const shapes = new Map<string, readonly number[]>();
  const own = (name: string) => `${names.prefix}.${name}`;
  const hasClass = names.classToken !== undefined;
  const numPositions = (hasClass ? 1 : 0) + grid.height * grid.width;
  if (names.classToken !== undefined) shapes.set(own(names.classToken), names.hasBatchAxis ? [1, 1, dModel] : [dModel]);
  if (names.registers !== undefined) shapes.set(own(names.registers), [1, config.numRegisters, dModel]);
  shapes.set(own(names.positions), names.hasBatchAxis ? [1, numPositions, dModel] : [numPositions, dModel]);
  shapes.set(own(`${names.patches}.weight`), [dModel, config.channels, config.patchSize.height, config.patchSize.width]);
  if (config.hasPatchBias) shapes.set(own(`${names.patches}.bias`), [dModel]);
  if (names.firstNorm !== undefined) addNorm(shapes, own(names.firstNorm), dModel);
  if (names.finalNorm !== undefined) addNorm(shapes, own(names.finalNorm), dModel);
  for (let layer = 0; layer < config.numLayers; layer++) {
    const block = own(`${names.layers}.${layer}`);
    addNorm(shapes, `${block}.${inner.attentionNorm}`, dModel);
    for (const name of [inner.query, inner.key, inner.value]) {
      addLinear(shapes, `${block}.${name}`, dModel, heads * dHead);
      if (!config.hasInputBias) shapes.delete(`${block}.${name}.bias`);
    }
    addLinear(shapes, `${block}.${inner.attentionOutput}`, heads * dHead, dModel);
    addNorm(shapes, `${block}.${inner.mlpNorm}`, dModel);
    for (const name of [inner.gate, inner.up]) if (name !== undefined) addLinear(shapes, `${block}.${name}`, dModel, dFeedForward);
    addLinear(shapes, `${block}.${inner.down}`, dFeedForward, dModel);
    for (const name of Object.values(inner.scales ?? {})) shapes.set(`${block}.${name}`, [dModel]);
  }
  return shapes;
}

/** The tensors of a checkpoint's head, undefined where it has none. */
export function visionHeadShapes(config: VisionConfig, source: WeightSource): WeightShapes | undefined {
  const scores = scoresModule(config, config.numLabels);
  return source.names().some((name) => name.startsWith(`${scores.module}.`)) ? shapesOf([scores]) : undefined;
}
