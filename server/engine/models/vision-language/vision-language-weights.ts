import { imageEncoderOf } from "@/lib/contract/architectures/architectures";
import { liveParts } from "@/lib/contract/architectures/vision-language/live-parts";
import type { VisionLanguageConfig } from "@/lib/contract/architectures/vision-language/llava";
import type { ImageInputConfig } from "@/lib/contract/architectures/vision-language/vision-language-config";
import { addLinear } from "@/server/engine/models/encoders/encoder-weights";
import { placedWeights, visionShapes } from "@/server/engine/models/vision/vision-weights";
import { demandWeights, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";

/** The two parts of a checkpoint, each under the live model's names. */
export type PartWeights = {
  /** Tower and projector. */
  readonly images: WeightSource;
  readonly text: WeightSource;
};

/**
 * Divides a checkpoint, however old its names are.
 *
 * @throws Error naming the tensors of tower and projector that are missing, superfluous or of another shape; what belongs to no part counts as superfluous
 */
export function divideWeights(source: WeightSource, config: VisionLanguageConfig): PartWeights {
  const { tower, projector, text, unknown } = liveParts(source.names(), config);
  const stray = unknown.map((name) => [name, { stored: name, half: undefined }] as const);
  const images = placedWeights(source, new Map([...tower, ...projector, ...stray]));
  demandWeights(images, shapesOf(config.images), ignoredBy(config.images));
  return { images, text: placedWeights(source, text) };
}

function shapesOf({ tower, projector }: ImageInputConfig): WeightShapes {
  const shapes = visionShapes(tower);
  const { first, second, dIn, dOut, hasBias } = projector;
  addLinear(shapes, first, dIn, dOut);
  addLinear(shapes, second, dOut, dOut);
  if (!hasBias) for (const module of [first, second]) shapes.delete(`${module}.bias`);
  return shapes;
}

/** What the tower's own architecture has no use for. */
function ignoredBy({ tower }: ImageInputConfig): (name: string) => boolean {
  const { names, stored } = imageEncoderOf(tower.architecture);
  const own = (name: string) =>
    name.startsWith(`${tower.names.prefix}.`) ? `${names.prefix}${name.slice(tower.names.prefix.length)}` : name;
  return (name) => stored.ignored.some((pattern) => pattern.test(own(name)));
}
