import type { MethodName } from "@/lib/contract/methods/methods";
import type { ArmMethod } from "./arm-method";
import { full } from "./full/arm";
import { head } from "./head/arm";
import { dora, lora } from "./lora/arm";
import { stan } from "./stan/arm";
import { vera } from "./vera/arm";

/** What an arm of an experiment may train: every method, and DoRA beside LoRA. */
const arms = { stan, lora, dora, vera, full, head } satisfies { [Name in MethodName]: ArmMethod } & Record<string, ArmMethod>;
export type ArmName = keyof typeof arms;
export const armNames = Object.keys(arms) as ArmName[];

export function armMethodOf({ method }: { readonly method: ArmName }): ArmMethod {
  return arms[method];
}
