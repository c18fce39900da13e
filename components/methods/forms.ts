import { type ConfigOf, type MethodName, methodNames } from "@/lib/contract/methods/methods";
import type { FormMethod } from "./form-method";
import { fullFields } from "./full/form";
import { full } from "./full/form-method";
import { head } from "./head/form-method";
import { loraFields, newLoraFields } from "./lora/form";
import { lora } from "./lora/form-method";
import { newStanFields, stanFields } from "./stan/form";
import { stan } from "./stan/form-method";
import { newVeraFields, veraFields } from "./vera/form";
import { vera } from "./vera/form-method";

/** Every method in the form of a new run. */
const forms: { [Name in MethodName]: FormMethod<ConfigOf<Name>> } = { stan, lora, vera, full, head };

/** The fields of all methods: what belongs to another than the chosen one is kept. */
export const methodFields = { ...stanFields, ...loraFields, ...veraFields, ...fullFields };

/** @param isLarge whether the base model has 10⁹ parameters or more */
export function newMethodFields(about: { readonly isLarge: boolean }) {
  return { ...newStanFields(about), ...newLoraFields(), ...newVeraFields(), isFullOfAll: true };
}

/** Methods that one form may start together, in this order. */
const pair: readonly MethodName[] = ["stan", "lora"];
export const methodChoices = [...pair, "both" as const, ...methodNames.filter((name) => !pair.includes(name))];
export type MethodChoice = MethodName | "both";

/** The methods that a form starts. */
export function chosenMethods({ method }: { readonly method: MethodChoice }): readonly MethodName[] {
  return method === "both" ? pair : [method];
}

/** The form of the method that is named. `fieldsOf` takes settings of that method. */
export function formMethodOf({ method }: { readonly method: MethodName }): FormMethod<ConfigOf<MethodName>> {
  return forms[method];
}
