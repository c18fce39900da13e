import type { LatentMethodName } from "@/lib/contract/methods/methods";
import type { LoraModule, LoraSettings, LoraTensors } from "./lora/lora-module";
import type { StanModule, StanSettings, StanTensors } from "./stan/stan-module";

/** What each method with latents calls its own. */
export type Own = {
  readonly stan: { readonly settings: StanSettings; readonly module: StanModule; readonly tensors: StanTensors };
  readonly lora: { readonly settings: LoraSettings; readonly module: LoraModule; readonly tensors: LoraTensors };
};

export type AdapterSettings = Own[LatentMethodName]["settings"];

/** One adapted projection and its sizes. */
export type AdapterModule = Own[LatentMethodName]["module"];

/** A module's tensors as PEFT stores them. */
export type AdapterTensors = Own[LatentMethodName]["tensors"];
