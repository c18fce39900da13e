import type { GridSize, VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import { blocksRead, type ImageInputConfig } from "@/lib/contract/architectures/vision-language/vision-language-config";
import { type Batch, hookPassOf } from "@/server/engine/models/batch";
import type { DifferentiateOptions } from "@/server/engine/models/block-passes";
import type { EncoderPass } from "@/server/engine/models/encoders/encoder-block";
import { encoderReader } from "@/server/engine/models/encoders/encoder-weights";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Images } from "@/server/engine/models/images";
import type { Gradients, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { textBounds } from "@/server/engine/models/seen-keys";
import { imageBatch, sizeProblem, tokensOf } from "@/server/engine/models/vision/image-batch";
import { visionStack } from "@/server/engine/models/vision/vision-stack";
import type { WeightSource } from "@/server/engine/models/weights";
import { fromValues } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { concat, gatherRows } from "@/server/engine/tensor/layout";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type ImagePlaces, placeImages } from "./image-places";
import type { ImageReader, PlacedFeatures } from "./image-reader";
import { projectorOf } from "./projector";
import { towerBackward, towerForward } from "./tower-features";

/** Reads tower and projector. @param source under the live model's names */
export function towerReader(config: ImageInputConfig, vocab: number, source: WeightSource, weights: FrozenWeights): ImageReader {
  const { tower, dropsFirst, imageToken } = config;
  const numBlocks = blocksRead(config);
  const { blocks, embed } = visionStack(tower, source, weights, { numBlocks, firstLayer: -1 - numBlocks });
  const projector = projectorOf(config.projector, -1, encoderReader(source, weights));
  const projections = [...blocks.flatMap((block) => block.projections), ...projector.projections];
  const featuresOf = (size: GridSize) => tokensOf(size, tower) - (dropsFirst ? 1 : 0);

  function placesOf(batch: Batch): ImagePlaces {
    const { images } = batch;
    return placeImages(batch, imageToken, images === undefined ? 1 : featuresOf(images));
  }

  function passOf(images: Images, { texts }: ImagePlaces, hooks: ProjectionHooks | undefined) {
    const batch = imageBatch(images, tower);
    const hookPass = { ...hookPassOf(batch), splits: weights.dtype === "bfloat16", reads: "images" as const, texts };
    const unused = { attentionBias: undefined, relative: undefined, conditioning: undefined };
    const pass: EncoderPass = { rows: batch.rows, tokens: batch.tokens, hooks, hookPass, bounds: textBounds(batch), ...unused };
    // What a projector reads has no first token where that is left out.
    const projected = { ...hookPass, ...hookPassOf({ rows: batch.rows, tokens: featuresOf(images) }) };
    return { batch, pass, projected: { ...projected, reads: "images" as const } };
  }

  function* place(batch: Batch, embedded: Tensor, hooks: ProjectionHooks | undefined): InParts<Tensor> {
    const { images } = batch;
    if (images === undefined) return embedded;
    const places = placesOf(batch);
    const laid = passOf(images, places, hooks);
    const { features } = yield* towerForward(blocks, embed(laid.batch), laid.pass, config, { lowest: blocks.length });
    const states = tidy(() => putAt(embedded, projector.forward(features, hooks, laid.projected).y, places));
    free(features, embedded);
    yield;
    return states;
  }

  function* differentiate(
    batch: Batch,
    embedded: Tensor,
    hooks: ProjectionHooks,
    { recomputes }: DifferentiateOptions,
  ): InParts<PlacedFeatures> {
    const { images } = batch;
    if (images === undefined) return { states: embedded, backward: noWayBack };
    const places = placesOf(batch);
    const { batch: laid, pass, projected } = passOf(images, places, hooks);
    const adapted = blocks.findIndex((block) => block.projections.some(({ module }) => hooks.at(module) !== undefined));
    const lowest = adapted < 0 ? blocks.length : adapted;
    const { features, kept } = yield* towerForward(blocks, embed(laid), pass, config, { lowest, recomputes });
    const { states, saved } = tidy(() => {
      const { y, saved } = projector.forward(features, hooks, projected);
      return { states: putAt(embedded, y, places), saved };
    });
    free(embedded);
    yield;
    return {
      states,
      *backward(dStates, gradients) {
        const { dFeatures, made } = tidy(() => {
          const made: Gradients = new Map();
          const d = gatherRows(dStates, fromValues(places.at, [places.at.length]));
          return { dFeatures: projector.backward(d, saved, lowest < blocks.length, made), made };
        });
        for (const [key, gradient] of made) gradients.set(key, gradient);
        yield;
        if (dFeatures !== undefined) yield* towerBackward(blocks, kept, dFeatures, pass, config, gradients);
      },
    };
  }

  return {
    config,
    projections,
    unread: unreadModules(tower, numBlocks),
    featuresOf,
    barred: imageToken < vocab ? weights.hold(keep(fromValues(barring(imageToken, vocab), [vocab]))) : undefined,
    problemOf: (image) => sizeProblem(image, tower),
    demand(batch) {
      if (batch.images !== undefined) imageBatch(batch.images, tower);
      placesOf(batch);
    },
    place,
    differentiate,
  };
}

/** Rows of `states` with those of `features` at their places. */
function putAt(states: Tensor, features: Tensor, { at }: ImagePlaces): Tensor {
  const [positions = 0] = states.shape;
  const rows = Int32Array.from({ length: positions }, (_, place) => place);
  at.forEach((place, feature) => {
    rows[place] = positions + feature;
  });
  return gatherRows(concat([states, features], 0), fromValues(rows, [positions]));
}

function* noWayBack(): InParts<void> {}

function unreadModules({ names, numLayers, dModel, heads, dHead, dFeedForward }: VisionConfig, from: number): ImageReader["unread"] {
  const { inner } = names;
  const own = heads * dHead;
  const widths = [inner.query, inner.key, inner.value].map((name) => ({ name, dIn: dModel, dOut: own }));
  const all = [
    ...widths,
    { name: inner.attentionOutput, dIn: own, dOut: dModel },
    ...[inner.gate, inner.up].flatMap((name) => (name === undefined ? [] : [{ name, dIn: dModel, dOut: dFeedForward }])),
    { name: inner.down, dIn: dFeedForward, dOut: dModel },
  ];
  return Array.from({ length: numLayers - from }, (_, at) => `${names.prefix}.${names.layers}.${from + at}`).flatMap((block) =>
    all.map(({ name, ...widths }) => ({ module: `${block}.${name}`, ...widths })),
  );
}

/** Far below any logit, and finite: a probability of 0 times its logarithm stays 0. */
const BARRED = -1e9;

function barring(token: number, vocab: number): Float32Array {
  const values = new Float32Array(vocab);
  values[token] = BARRED;
  return values;
}
