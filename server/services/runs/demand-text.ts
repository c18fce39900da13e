import { isOfImages, storedRunConfig } from "@/lib/contract/run-config";
import { continuesText, taskOf } from "@/lib/contract/tasks/tasks";
import type { RunRow } from "@/server/db/runs/runs";
import { ServiceError } from "@/server/services/errors";

/** Whether a run's model continues text; an encoder classifies it. */
export function isOfText({ config }: Pick<RunRow, "config">): boolean {
  return continuesText(storedRunConfig.parse(config));
}

/** Whether a run learned from images. */
export function readsImages({ config }: Pick<RunRow, "config">): boolean {
  return isOfImages(storedRunConfig.parse(config));
}

/** @throws ServiceError `invalid` for a run of an encoder or a diffusion model, where text would have to be continued */
export function demandText(run: Pick<RunRow, "config" | "name">): void {
  if (isOfText(run)) return;
  if (taskOf(storedRunConfig.parse(run.config)).kind === "denoising") {
    throw new ServiceError(
      "invalid",
      `${run.name} adapts a diffusion model, which makes images: generation of text, studies and baking need a causal language model.`,
    );
  }
  throw new ServiceError(
    "invalid",
    `${run.name} uses an encoder, which does not generate text: generation, studies and baking need a causal language model. For the effect of edits on predictions, send a text with edits to POST /api/runs/{run}/text.`,
  );
}
