import { parseDiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import { type NoiseSchedule, parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import type { ModelSummary } from "@/lib/contract/model";
import { asInvalidFile } from "@/server/files/file-error";
import { openDiffusion } from "@/server/files/weights/diffusion-folder";
import { entryCount, type WeightSource } from "@/server/files/weights/weight-source";
import { type Denoising, diffusionInput } from "./diffusion-input";
import { describeInput } from "./image-input";
import { demandSchedule } from "./load-diffusion-base";
import { projectionsIn } from "./projections-in-blocks";

/** What a diffusion model's folder says of it. */
type AboutDiffusion = Denoising & { readonly schedule: NoiseSchedule };

/**
 * Reads it without the weights.
 *
 * @throws FileError where the engine cannot run the model, or does not know how noise is added
 */
export function readAboutDiffusion(path: string): AboutDiffusion {
  return opened(path, (about) => about);
}

/** What a person sees of a diffusion model before it is loaded. @throws FileError as `readAboutDiffusion`, and for the latents of an autoencoder */
export function describeDiffusion(path: string): Omit<ModelSummary, "id" | "name" | "revision" | "createdAt"> {
  return opened(path, (about, weights, sizeBytes) => {
    const { config } = about.model;
    const { names, imageSize, patchSize, numLayers } = config;
    const { processor, channels } = diffusionInput(about);
    const grid = patchGrid(imageSize, config);
    const { query, key, value, attentionOutput, up, down } = names.inner;
    const adaptable: readonly string[] = [query, key, value, attentionOutput, up, down];
    return {
      architecture: config.architecture,
      format: "safetensors",
      path,
      parameters: weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0),
      sizeBytes,
      numLayers,
      dModel: config.dModel,
      heads: config.heads,
      hasChatTemplate: false,
      vocab: 0,
      contextLength: grid.height * grid.width,
      images: {
        ...describeInput({ processor, size: imageSize, channels, patch: patchSize }),
        denoises: {
          classes: Array.from({ length: config.numClasses }, (_, one) => about.classes?.[one]?.[0] ?? String(one)),
          numTimesteps: about.schedule.numTimesteps,
        },
      },
      projections: projectionsIn(`${names.layers}.`, weights, numLayers).filter(({ name }) => adaptable.includes(name)),
      defaultTargets: [...config.defaultTargets],
    };
  });
}

function opened<Read>(path: string, read: (about: AboutDiffusion, weights: WeightSource, sizeBytes: number) => Read): Read {
  const { config, scheduler, weights, classes, hasAutoencoder, bytes } = openDiffusion(path);
  try {
    const schedule = demandSchedule({ path, schedule: scheduler === undefined ? null : parseNoiseSchedule(scheduler) });
    return read({ path, classes, hasAutoencoder, schedule, model: { config: parseDiffusionConfig(config) } }, weights, bytes);
  } catch (error) {
    throw asInvalidFile(path, error);
  } finally {
    weights.close();
  }
}
