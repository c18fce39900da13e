import { z } from "zod";
import { type AdapterConfigFile, adapterFiles, latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentConfig } from "@/lib/contract/run-config";

export type AboutAdapter = {
  readonly baseModel: string | null;
  readonly revision: string | null;
  readonly fanInFanOut: boolean;
  /** Of a classification or a regression: what was trained in full, the head. */
  readonly modulesToSave?: readonly string[];
  /** PEFT has no task for models that read images: its own classes for tasks pass token ids. */
  readonly readsImages?: boolean;
};

const { stan, ...others } = adapterFiles;

/** `adapter_config.json`; keys that are not known here are kept. */
export const adapterConfigFile = z.discriminatedUnion("peft_type", [stan, ...Object.values(others)]);

/** The file for an adapter that we trained. */
export function toAdapterConfigFile(adapter: LatentConfig, about: AboutAdapter): AdapterConfigFile {
  return latentMethodOf(adapter).peft.toFile(adapter, {
    task_type: taskTypeOf(about),
    base_model_name_or_path: about.baseModel,
    revision: about.revision,
    inference_mode: true,
    target_modules: adapter.targets.modules,
    layers_to_transform: adapter.targets.layers,
    fan_in_fan_out: about.fanInFanOut,
    modules_to_save: about.modulesToSave === undefined ? null : [...about.modulesToSave],
  });
}

function taskTypeOf({ modulesToSave, readsImages = false }: AboutAdapter): string | null {
  if (readsImages) return null;
  return modulesToSave === undefined ? "CAUSAL_LM" : "SEQ_CLS";
}
