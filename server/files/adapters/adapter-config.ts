import { z } from "zod";
import { type AdapterConfigFile, adapterFiles, latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentConfig } from "@/lib/contract/run-config";

const { stan, ...others } = adapterFiles;

/** `adapter_config.json`; keys that are not known here are kept. */
export const adapterConfigFile = z.discriminatedUnion("peft_type", [stan, ...Object.values(others)]);

/**
 * The file for an adapter that we trained.
 *
 * @param about.modulesToSave of a classification or a regression: what was trained in full, the head
 */
export function toAdapterConfigFile(
  adapter: LatentConfig,
  about: { baseModel: string | null; revision: string | null; fanInFanOut: boolean; modulesToSave?: readonly string[] },
): AdapterConfigFile {
  return latentMethodOf(adapter).peft.toFile(adapter, {
    task_type: about.modulesToSave === undefined ? "CAUSAL_LM" : "SEQ_CLS",
    base_model_name_or_path: about.baseModel,
    revision: about.revision,
    inference_mode: true,
    target_modules: adapter.targets.modules,
    layers_to_transform: adapter.targets.layers,
    fan_in_fan_out: about.fanInFanOut,
    modules_to_save: about.modulesToSave === undefined ? null : [...about.modulesToSave],
  });
}
