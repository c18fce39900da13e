import { join } from "node:path";
import type { Arm } from "@/server/engine/adapters/arms";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { asPng, imageGrid } from "@/server/files/images/made-image";
import type { Pixels } from "@/server/files/images/pixels";
import { classNumberOf } from "@/server/runtime/models/diffusion-input";
import { type DiffusionBase, demandDiffusion } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { imagesFromNoise, type PassOfImages, type SamplerSettings } from "@/server/runtime/tasks/denoising/make-images";
import { type Arguments, countOr, parseNumber, UsageError } from "./arguments";
import { editsIn } from "./edits-input";
import { writeInto } from "./output-folder";
import { precisionAsked } from "./precision-asked";

/** Images of a pass, the same for each arm, so that the arms can be compared bit for bit. */
const passImages = 16;
const mostClasses = 16;
const defaultSteps = 30;

type ArmName = "base" | "adapter" | "edited";

/** Makes images with the base model, with an adapter and with edits, each from the same noise. */
export async function sample(given: Arguments): Promise<void> {
  const [output, folder, editsPath] = [given.required("output"), given.value("adapter"), given.value("edits")];
  if (editsPath !== undefined && folder === undefined) throw new UsageError("--edits needs --adapter");
  const edits = editsPath === undefined ? undefined : editsIn(editsPath);
  const editedTimesteps = rangeAsked(given.value("edit-timesteps"));
  if (editedTimesteps !== undefined && edits === undefined) throw new UsageError("--edit-timesteps needs --edits");
  const [seed, steps] = [countOr(given, "seed", 0, 0), countOr(given, "steps", defaultSteps)];
  const guidance = parseNumber("guidance", given.value("guidance") ?? "1");
  const perClass = countOr(given, "images", 1);
  await startEngine();
  const { base: loaded, trained } = loadModel({ path: given.required("model"), precision: precisionAsked(given), folder });
  const base = demandDiffusion(loaded);
  const schedule = demandSchedule(base);
  const classes = classesAsked(given.value("classes"), base).flatMap((one) => new Array<number>(perClass).fill(one));
  const arms: [ArmName, Arm][] = [["base", {}]];
  if (trained !== undefined) arms.push(["adapter", { adapter: trained }]);
  if (trained !== undefined && edits !== undefined) arms.push(["edited", { adapter: trained, edits }]);
  const request = { schedule, steps, guidance, editedTimesteps };
  const made = arms.map(([name, arm]) => ({ name, images: makeImages(base, { ...request, arm }, { classes, seed }) }));
  const files = new Map<string, Uint8Array>([["grid.png", await asPng(imageGrid(made.map(({ images }) => images)))]]);
  for (const { name, images } of made) {
    for (const [at, image] of images.entries()) files.set(fileOf(name, at), await asPng(image));
  }
  const about = {
    seed,
    steps,
    guidance,
    ...(edits === undefined ? {} : { edits, editedTimesteps: editedTimesteps ?? null }),
    images: classes.map((classNumber, at) => ({
      class: base.classes?.[classNumber]?.[0] ?? classNumber,
      files: Object.fromEntries(made.map(({ name }) => [name, fileOf(name, at)])),
      differences: differencesOf(made.map(({ name, images }) => ({ name, image: images[at] as Pixels }))),
    })),
  };
  writeInto(output, (into) => {
    for (const [name, bytes] of files) writeFileAtomically(join(into, name), [bytes]);
    writeFileAtomically(join(into, "samples.json"), [`${JSON.stringify(about, null, 2)}\n`]);
  });
}

/** All images, a pass after the other. */
function makeImages(base: DiffusionBase, settings: SamplerSettings, { classes, seed }: Omit<PassOfImages, "from">): Pixels[] {
  const images: Pixels[] = [];
  for (let from = 0; from < classes.length; from += passImages) {
    const own = classes.slice(from, from + passImages);
    images.push(...wholly(imagesFromNoise(base, settings, { classes: own, from, seed })));
  }
  return images;
}

/** @throws UsageError for a class that the model has not, or where there are too many to make each */
function classesAsked(text: string | undefined, base: DiffusionBase): number[] {
  const { numClasses } = base.model.config;
  if (text === undefined) {
    if (numClasses <= mostClasses) return Array.from({ length: numClasses }, (_, one) => one);
    throw new UsageError(`--classes is required: the model has ${numClasses} classes`);
  }
  return text.split(",").map((name) => {
    try {
      return classNumberOf(name.trim(), base);
    } catch (error) {
      throw new UsageError(`--classes: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

function rangeAsked(text: string | undefined): { from: number; to: number } | undefined {
  if (text === undefined) return undefined;
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined && Number(from) <= Number(to)) return { from: Number(from), to: Number(to) };
  throw new UsageError(`--edit-timesteps must be two time steps, as in 200-600, but is ${text}`);
}

function fileOf(arm: ArmName, image: number): string {
  return `${arm}-${String(image).padStart(3, "0")}.png`;
}

/** The mean difference of 8-bit values between an arm and the one before it. */
function differencesOf(arms: readonly { readonly name: ArmName; readonly image: Pixels }[]): Record<string, number> {
  return Object.fromEntries(
    arms.slice(1).map(({ name, image: { values } }, at) => {
      const before = arms[at] as (typeof arms)[number];
      const sum = values.reduce((total, value, place) => total + Math.abs(value - (before.image.values[place] as number)), 0);
      return [`${name}Minus${before.name.slice(0, 1).toUpperCase()}${before.name.slice(1)}`, sum / values.length];
    }),
  );
}
