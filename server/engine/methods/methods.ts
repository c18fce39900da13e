import type { LatentMethodName } from "@/lib/contract/methods/methods";
import { lora } from "./lora/lora";
import type { LoraModule, LoraSettings, LoraTensors } from "./lora/lora-module";
import type { LatentMethodOf } from "./method";
import { stan } from "./stan/stan";
import type { StanModule, StanSettings, StanTensors } from "./stan/stan-module";

/** What each method with latents calls its own. */
type Own = {
  readonly stan: { readonly settings: StanSettings; readonly module: StanModule; readonly tensors: StanTensors };
  readonly lora: { readonly settings: LoraSettings; readonly module: LoraModule; readonly tensors: LoraTensors };
};

export type AdapterSettings = Own[LatentMethodName]["settings"];

/** One adapted projection and its sizes. */
export type AdapterModule = Own[LatentMethodName]["module"];

/** A module's tensors as PEFT stores them. */
export type AdapterTensors = Own[LatentMethodName]["tensors"];

type MethodOf<Method extends LatentMethodName> = LatentMethodOf<Own[Method]["settings"], Own[Method]["module"], Own[Method]["tensors"]>;

/** Every method with latents: what differs among them is in their folders, and here they are chosen. */
const latentMethods: { readonly [Method in LatentMethodName]: MethodOf<Method> } = { stan, lora };

/** The method of settings, of a module or of an adapter. */
export function methodOf<Method extends LatentMethodName>({ method }: { readonly method: Method }): MethodOf<Method> {
  return latentMethods[method];
}

/** Activations that a module gives for each token: k kept latents, or all components of LoRA. */
export function activationWidth(module: AdapterModule): number {
  return methodOf(module).width(module);
}
