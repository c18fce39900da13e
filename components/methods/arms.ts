import type { MethodName } from "@/lib/contract/methods/methods";
import type { ArmMethod } from "./arm-method";
import { full } from "./full/arm";
import { head } from "./head/arm";
import { dora, lora } from "./lora/arm";
import { stan } from "./stan/arm";
import { vera } from "./vera/arm";

/** What an arm of an experiment may train: every method, and DoRA beside LoRA. */
const arms = { stan, lora, dora, vera, full, head } satisfies { [Name in MethodName]: ArmMethod } & Record<string, ArmMethod>;
export type ArmMethodName = keyof typeof arms;
export const armMethodNames = Object.keys(arms) as ArmMethodName[];

export function armMethodOf({ method }: { readonly method: ArmMethodName }): ArmMethod {
  return arms[method];
}
