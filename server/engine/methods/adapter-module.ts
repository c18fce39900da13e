import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import type { LatentMethodName } from "@/lib/contract/methods/methods";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { VeraTensors } from "@/lib/contract/methods/vera/tensors";
import type { LoraModule, LoraSettings } from "./lora/lora-module";
import type { StanModule, StanSettings } from "./stan/stan-module";
import type { VeraModule, VeraSettings } from "./vera/vera-module";

/** What each method with latents calls its own. */
export type Own = {
  readonly stan: { readonly settings: StanSettings; readonly module: StanModule; readonly tensors: StanTensors };
  readonly lora: { readonly settings: LoraSettings; readonly module: LoraModule; readonly tensors: LoraTensors };
  readonly vera: { readonly settings: VeraSettings; readonly module: VeraModule; readonly tensors: VeraTensors };
};

export type AdapterSettings = Own[LatentMethodName]["settings"];

/** One adapted projection and its sizes. */
export type AdapterModule = Own[LatentMethodName]["module"];

/** A module's tensors as PEFT stores them. */
export type AdapterTensors = Own[LatentMethodName]["tensors"];
