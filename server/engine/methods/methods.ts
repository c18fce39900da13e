import type { LatentMethodName } from "@/lib/contract/methods/methods";
import type { AdapterModule, Own } from "./adapter-module";
import { lora } from "./lora/lora";
import type { LatentMethodOf } from "./method";
import { stan } from "./stan/stan";
import { vera } from "./vera/vera";

type MethodOf<Method extends LatentMethodName> = LatentMethodOf<Own[Method]["settings"], Own[Method]["module"], Own[Method]["tensors"]>;

/** Every method with latents: what differs among them is in their folders, and here they are chosen. */
const methods: { readonly [Method in LatentMethodName]: MethodOf<Method> } = { stan, lora, vera };

/** The method of settings, of a module or of an adapter. */
export function methodOf<Method extends LatentMethodName>({ method }: { readonly method: Method }): MethodOf<Method> {
  return methods[method];
}

/** Activations that a module gives for each token: k kept latents, or all components of LoRA. */
export function activationWidth(module: AdapterModule): number {
  return methodOf(module).width(module);
}
