import { type StoredRunConfig, storedRunConfig, taskOf } from "@/lib/contract/run-config";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import type { EncoderBase, EncoderTop } from "@/server/runtime/models/load-classifier";
import { isEncoderBase, type LoadedBase } from "@/server/runtime/models/loaded-base";
import type { JobContext } from "./job-context";
import { resolveModel } from "./resolve-model";
import { runFolders } from "./run-folders";

/** A run's adapter over its base model, whatever the model does with text, held until it is closed. */
export type OpenReading = {
  readonly run: RunRow;
  readonly config: StoredRunConfig;
  readonly base: LoadedBase;
  readonly adapter: Adapter;
  /** Of an encoder: the head that was trained with the adapter. */
  readonly classifier: EncoderTop["classifier"];
  close(): void;
};

/** A run of a model that continues text. */
export type OpenRun = OpenReading & { readonly base: BaseModel };

/** @throws Error saying what of the run is missing, and for a run of an encoder */
export async function openRun(context: JobContext, runId: string | null): Promise<OpenRun> {
  const open = await openReading(context, runId);
  const { base } = open;
  if (!isEncoderBase(base)) return { ...open, base };
  open.close();
  throw new Error(
    `the run ${open.run.name} is of an encoder, which classifies text and continues none: its latents are collected and read`,
  );
}

/** @throws Error saying what of the run is missing */
export async function openReading(context: JobContext, runId: string | null): Promise<OpenReading> {
  const { store, runtime, dataFolder } = context;
  const run = runId === null ? undefined : await retryWhileDown(() => readRun(store.db, runId));
  if (run === undefined) throw new Error("the run is no longer there");
  const config = storedRunConfig.parse(run.config);
  const model = await resolveModel(context, config.model, run.modelName);
  const folder = runFolders(dataFolder, run.id).adapter;
  const isFast = config.frozenDtype === "bfloat16";
  if (taskOf(config).kind !== "languageModel") {
    const base = await runtime.encoder(model.path, isFast ? "fast" : "exact", "background");
    return holding(base, async () => ({ run, config, ...(await encoderParts(context, folder, base.value)) }));
  }
  const base = await runtime.base(model.path, isFast ? "fast" : "interactive", "background");
  return holding(base, async () => {
    const { value: adapter, release } = await runtime.adapter(folder, base.value, "background");
    return { run, config, base: base.value, adapter, classifier: undefined, close: release };
  });
}

async function encoderParts({ runtime }: JobContext, folder: string, base: EncoderBase) {
  const { value, release } = await runtime.encoderTop(folder, base, "background");
  const { adapter, classifier } = value;
  if (adapter !== undefined) return { base, adapter, classifier, close: release };
  release();
  throw new Error(`${folder}: holds no adapter`);
}

/** What `open` gives, closing which lets go of the base model too. */
async function holding(base: { release(): void }, open: () => Promise<OpenReading>): Promise<OpenReading> {
  try {
    const parts = await open();
    const close = () => {
      parts.close();
      base.release();
    };
    return { ...parts, close };
  } catch (error) {
    base.release();
    throw error;
  }
}

/** Whether a run is of a model that continues text. */
export function isOfText(open: OpenReading): open is OpenRun {
  return !isEncoderBase(open.base);
}
