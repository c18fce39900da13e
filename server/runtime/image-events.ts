import { basename } from "node:path";
import { patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import type { Edit } from "@/lib/contract/edit";
import { type ImageArm, type ImageEvent, imageArm, type MadeImage, type MakeImagesRequest } from "@/lib/contract/make-images";
import type { Arm } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import { imageChange } from "@/server/files/images/image-change";
import type { Pixels } from "@/server/files/images/pixels";
import { exactImage } from "@/server/files/images/stored-image";
import { classNumberOf } from "./models/diffusion-input";
import { type DiffusionBase, demandDiffusion, type Precision } from "./models/load-base-model";
import { demandSchedule } from "./models/load-diffusion-base";
import type { Runtime } from "./runtime";
import { piecesInTurns } from "./take-turns";
import { imagesFromNoise } from "./tasks/denoising/make-images";

export type ImageOptions = {
  readonly runtime: Runtime;
  readonly modelPath: string;
  readonly precision: Precision;
  readonly adapterFolder: string;
  readonly request: MakeImagesRequest;
  /** Aborted when the reader goes: the next step is not made. */
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  now(): number;
};

/** Makes images with each arm from the same noise, and tells each step. What goes wrong is the last event. Whoever iterates may stop at any time. */
export async function* imageEvents(options: ImageOptions): AsyncGenerator<ImageEvent, void> {
  const { runtime, modelPath: path, precision, adapterFolder: folder, signal, now } = options;
  try {
    const startedAt = now();
    if (!runtime.isLoaded(path, precision)) yield { kind: "loading", message: `Loading ${basename(path)}` };
    const { value, release } = await runtime.model({ path, precision, folder }, "interactive");
    try {
      yield* events(options, demandDiffusion(value.base), value.trained);
      if (!signal.aborted) yield { kind: "end", seconds: (now() - startedAt) / 1000 };
    } finally {
      release();
    }
  } catch (error) {
    if (!signal.aborted) yield { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
}

/** What is sampled at a time: an arm, or a dose of it. All make as many images, so that those of one place are equal bit for bit where nothing differs. */
type Part = { readonly arm: Arm; readonly images: number; told(images: readonly Pixels[]): Promise<ImageEvent> };

async function* events(
  { runtime, request, signal }: ImageOptions,
  base: DiffusionBase,
  trained: Trained | undefined,
): AsyncGenerator<ImageEvent, void> {
  const classNumber = classNumberOf(request.class, base);
  const { config } = base.model;
  const { steps, guidance, seed, editedTimesteps } = request;
  const settings = { schedule: demandSchedule(base), steps, guidance, editedTimesteps };
  const parts = partsOf(request, base, trained);
  const { width: columns } = patchGrid(config.imageSize, config);
  yield { kind: "start", class: base.classes?.[classNumber]?.[0] ?? String(classNumber), columns, steps: steps * parts.length };
  let done = 0;
  for (const { arm, images, told } of parts) {
    const pass = { classes: new Array<number>(images).fill(classNumber), from: 0, seed };
    const steps = piecesInTurns(imagesFromNoise(base, { ...settings, arm }, pass), { turns: runtime.turns, kind: "interactive", signal });
    for (;;) {
      const step = await steps.next();
      if (step.done === true) {
        yield await told(step.value);
        break;
      }
      done++;
      yield { kind: "step", done };
    }
  }
}

/** Arms in their order, each compared with the one before it, then the doses, compared with the adapter. @throws RangeError for a dose of no such edit */
function partsOf({ arms, edits, images, dose }: MakeImagesRequest, { model }: DiffusionBase, adapter: Trained | undefined): Part[] {
  const { patchSize } = model.config;
  const byArm = new Map<ImageArm, readonly Pixels[]>();
  const asked = imageArm.options.filter((name) => arms.includes(name));
  const armOf: Readonly<Record<ImageArm, Arm>> = { base: {}, adapter: { adapter }, edited: { adapter, edits } };
  const compared = async (image: Pixels | undefined, from: ImageArm | undefined, at: number): Promise<MadeImage> => {
    if (image === undefined) throw new Error("an image is missing");
    const before = from === undefined ? undefined : byArm.get(from)?.[at];
    const change = from === undefined || before === undefined ? null : { from, ...imageChange(image, before, patchSize) };
    return { image: Buffer.from(await exactImage(image)).toString("base64"), change };
  };
  const ofArms = asked.map((name, place): Part => {
    return {
      arm: armOf[name],
      images,
      async told(made) {
        byArm.set(name, made);
        return { kind: "images", arm: name, images: await Promise.all(made.map((image, at) => compared(image, asked[place - 1], at))) };
      },
    };
  });
  const ofDoses = (dose?.values ?? []).map((value): Part => {
    return {
      arm: { adapter, edits: withValue(edits, dose?.edit ?? -1, value) },
      images,
      told: async ([first]) => ({ kind: "dose", value, image: await compared(first, "adapter", 0) }),
    };
  });
  return [...ofArms, ...ofDoses];
}

/** The list with another value of one of its edits, which is on. @throws RangeError where it has no such edit or that takes no value */
function withValue(edits: readonly Edit[], at: number, value: number): Edit[] {
  const edit = edits[at];
  if (edit === undefined) throw new RangeError(`dose.edit is ${at}, but there are ${edits.length} edits`);
  if (!("value" in edit))
    throw new RangeError(`dose.edit is ${at}, an edit (${edit.operation}) without a value: choose scale, clamp or add`);
  return edits.map((one, place) => (place === at ? { ...edit, value, isOn: true } : one));
}
