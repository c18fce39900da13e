import type { TextEvent } from "@/lib/contract/read-text";
import { demandAdapter } from "./models/loaded-top";
import { moduleEvent } from "./module-event";
import type { ReadTextOptions } from "./read-text-options";
import { taskOfModel } from "./tasks/task-runtimes";

/**
 * What fires on a text: its tokens, then each module's latents. What goes wrong is the last event. Whoever iterates may stop at any time.
 */
export async function* readTextEvents(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  const { runtime, modelPath: path, precision, adapterFolder: folder, signal, now } = options;
  try {
    const startedAt = now();
    const { value, release } = await runtime.model({ path, precision, folder }, "interactive");
    try {
      const adapter = demandAdapter(value, folder);
      const modules = yield* taskOfModel(value).readText(options, { ...value, adapter, folder });
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
