import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import type { LatentMethodName } from "@/lib/contract/methods/methods";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { VeraTensors } from "@/lib/contract/methods/vera/tensors";
import type { LoraModule, LoraSettings } from "./lora/lora-module";
import type { StanModule, StanSettings } from "./stan/stan-module";
import type { VeraModule, VeraSettings } from "./vera/vera-module";

/** The types of each method with latents: its settings, a module's sizes, and a module's tensors as PEFT stores them. */
export type Own = OfEveryMethod<{
  readonly stan: OwnOf<StanSettings, StanModule, StanTensors>;
  readonly lora: OwnOf<LoraSettings, LoraModule, LoraTensors>;
  readonly vera: OwnOf<VeraSettings, VeraModule, VeraTensors>;
}>;
/** The types that it is given; a method that is missing is an error where they are listed. */
type OfEveryMethod<Types extends Readonly<Record<LatentMethodName, unknown>>> = Types;
type OwnOf<Settings, Module, Tensors> = { readonly settings: Settings; readonly module: Module; readonly tensors: Tensors };

export type AdapterSettings = Own[LatentMethodName]["settings"];

/** One adapted projection and its sizes. */
export type AdapterModule = Own[LatentMethodName]["module"];

/** A module's tensors as PEFT stores them. */
export type AdapterTensors = Own[LatentMethodName]["tensors"];
