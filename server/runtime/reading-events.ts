import type { TextEvent } from "@/lib/contract/read-text";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import { demandAdapter } from "./models/loaded-top";
import { moduleEvent } from "./module-event";
import type { ReadingOptions, ReadPictureOptions, ReadTextOptions } from "./reading-options";
import { pictureEvents } from "./tasks/answers/picture-events";
import type { LatentModel } from "./tasks/latent-rows";
import { taskOfModel } from "./tasks/task-runtimes";

/** What fires on a text: its tokens, then each module's latents. */
export function readTextEvents(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  return readingEvents(options, (model) => taskOfModel(model).readText(options, model));
}

/** The same of a picture, whose patches are its tokens. */
export function readPictureEvents(options: ReadPictureOptions): AsyncGenerator<TextEvent, void> {
  return readingEvents(options, (model) => pictureEvents(options, model));
}

/** What goes wrong is the last event. Whoever iterates may stop at any time. */
async function* readingEvents(
  { runtime, modelPath: path, precision, adapterFolder: folder, signal, now }: ReadingOptions<unknown>,
  read: (model: LatentModel) => AsyncGenerator<TextEvent, readonly ModuleReading[]>,
): AsyncGenerator<TextEvent, void> {
  try {
    const startedAt = now();
    const { value, release } = await runtime.model({ path, precision, folder }, "interactive");
    try {
      const adapter = demandAdapter(value, folder);
      const modules = yield* read({ ...value, adapter, folder });
      for (const module of modules) {
        if (signal.aborted) return;
        yield moduleEvent(module);
      }
      if (!signal.aborted) yield { kind: "end", seconds: (now() - startedAt) / 1000 };
    } finally {
      release();
    }
  } catch (error) {
    yield { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
}
