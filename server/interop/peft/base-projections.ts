import { architectureOf } from "@/lib/contract/architectures/architectures";
import { blockProjection } from "@/lib/contract/architectures/block-projections";
import { isDiffusionName } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import type { EncoderNames } from "@/lib/contract/architectures/encoder-config";
import { liveTensors } from "@/lib/contract/architectures/vision/live-names";
import type { VisionArchitecture } from "@/lib/contract/architectures/vision/vision-architecture";
import { liveParts } from "@/lib/contract/architectures/vision-language/live-parts";
import { parseLlava } from "@/lib/contract/architectures/vision-language/llava";
import { isVisionLanguageName } from "@/lib/contract/architectures/vision-language/vision-language-names";
import type { ModelSummary } from "@/lib/contract/model";
import type { BaseProjections } from "@/server/files/adapters/adapter-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openDiffusion } from "@/server/files/weights/diffusion-folder";
import type { WeightSource } from "@/server/files/weights/weight-source";

/** The adaptable projections of all blocks of a base model, and of an encoder's pooler, by the names that PEFT gives them. */
type Base = Pick<ModelSummary, "path" | "architecture" | "projections">;

/**
 * Read from the tensors' names and shapes alone.
 *
 * @throws FileError when the model's files are gone or damaged
 */
export function baseProjections(model: Base): BaseProjections {
  if (isDiffusionName(model.architecture)) return diffusionProjections(model.path, model.projections);
  if (isVisionLanguageName(model.architecture)) return visionLanguageProjections(model.path);
  const { weights } = openCheckpoint(model.path);
  const architecture = architectureOf(model.architecture);
  const storesByInput = architecture?.kind === "decoder" && architecture.layout.storesByInput;
  try {
    if (architecture?.kind === "imageEncoder") return imageProjections(weights, architecture);
    const found = weights.names().flatMap((name) => {
      const module = name.endsWith(".weight") ? moduleOf(name.slice(0, -".weight".length), model) : undefined;
      const [rows, columns, ...rest] = weights.shape(name);
      if (module === undefined || rows === undefined || columns === undefined || rest.length > 0) return [];
      const widths = storesByInput ? { dIn: rows, dOut: columns } : { dIn: columns, dOut: rows };
      return [[module, widths] as const];
    });
    return new Map(found);
  } finally {
    weights.close();
  }
}

/** Of a model that reads images in its prompts: those of the language model, of the vision encoder and of the projector. */
function visionLanguageProjections(path: string): BaseProjections {
  const { config: raw, weights } = openCheckpoint(path);
  try {
    const config = parseLlava(raw);
    const { tower, projector, text } = liveParts(weights.names(), config);
    const { names } = config.images.tower;
    const { scales: _, ...modules } = names.inner;
    const inner: readonly (string | undefined)[] = Object.values(modules);
    const isOfTower = (module: string) => {
      const inBlock = module.slice(`${names.prefix}.${names.layers}.`.length).replace(/^\d+\./, "");
      return module.startsWith(`${names.prefix}.${names.layers}.`) && inner.includes(inBlock);
    };
    const chosen = [
      ...[...tower].filter(([name]) => isOfTower(name.slice(0, -".weight".length))),
      ...projector,
      ...[...text].filter(([name]) => blockProjection(name.slice(0, -".weight".length), config.text) !== undefined),
    ];
    const found = chosen.flatMap(([name, { stored, half }]) => {
      const [rows, columns, ...rest] = weights.shape(stored);
      if (!name.endsWith(".weight") || rows === undefined || columns === undefined || rest.length > 0) return [];
      return [[name.slice(0, -".weight".length), { dIn: columns, dOut: half === undefined ? rows : rows / 2 }] as const];
    });
    return new Map(found);
  } finally {
    weights.close();
  }
}

/** Of a diffusion transformer: those of its blocks' modules that can carry an adapter. */
function diffusionProjections(path: string, projections: Base["projections"]): BaseProjections {
  const { weights } = openDiffusion(path);
  try {
    const found = weights.names().flatMap((name) => {
      const [, module = "", inBlock] = /^(\w+\.\d+\.(.+))\.weight$/.exec(name) ?? [];
      const [dOut, dIn, ...rest] = weights.shape(name);
      const isProjection = projections.some((projection) => projection.name === inBlock);
      if (!isProjection || dOut === undefined || dIn === undefined || rest.length > 0) return [];
      return [[module, { dIn, dOut }] as const];
    });
    return new Map(found);
  } finally {
    weights.close();
  }
}

/** The whole name of a projection, from that of its checkpoint's; undefined for what is none. */
function moduleOf(stored: string, model: Base): string | undefined {
  const architecture = architectureOf(model.architecture);
  if (architecture?.kind === "encoder") return encoderModule(stored, architecture.names);
  const inBlock = architecture?.kind === "decoder" ? blockProjection(stored, architecture.layout)?.name : undefined;
  return model.projections.some(({ name }) => inBlock === name || inBlock?.endsWith(`.${name}`)) ? stored : undefined;
}

/** Of an encoder of images, by the names of its live model. */
function imageProjections(weights: WeightSource, architecture: VisionArchitecture): BaseProjections {
  const before = `${architecture.names.prefix}.${architecture.names.layers}.`;
  const found = [...liveTensors(weights.names(), architecture)].flatMap(([name, { stored, half }]) => {
    const [rows, columns, ...rest] = weights.shape(stored);
    const isProjection = name.startsWith(before) && name.endsWith(".weight");
    if (!isProjection || rows === undefined || columns === undefined || rest.length > 0) return [];
    return [[name.slice(0, -".weight".length), { dIn: columns, dOut: half === undefined ? rows : rows / 2 }] as const];
  });
  return new Map(found);
}

/** A bare encoder's checkpoint lacks the prefix. */
function encoderModule(stored: string, { prefix, inner: names, pooler }: EncoderNames): string | undefined {
  const inner = stored.startsWith(`${prefix}.`) ? stored.slice(prefix.length + 1) : stored;
  if (inner === "pooler.dense") return pooler;
  return inner.startsWith(`${names.layers}.`) ? `${prefix}.${inner}` : undefined;
}
