import type { z } from "zod";
import { type ConfigOf, type MethodName, methodNames } from "@/lib/contract/methods/methods";
import type { FormMethod, TargetFields } from "./form-method";
import { full } from "./full/form-method";
import { head } from "./head/form-method";
import { lora } from "./lora/form-method";
import { stan } from "./stan/form-method";
import { vera } from "./vera/form-method";

/** Every method in the form of a new run. */
const ownForms = { stan, lora, vera, full, head } satisfies { readonly [Name in MethodName]: unknown };
type OwnForm = (typeof ownForms)[keyof typeof ownForms];

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;
type Fields = Intersection<OwnForm["fields"]>;
type FieldValues = z.infer<z.ZodObject<Fields>>;

/** The fields of all methods: what belongs to another than the chosen one is kept. */
export const methodFields = Object.fromEntries(Object.values(ownForms).flatMap(({ fields }) => Object.entries(fields))) as Fields;

/** @param about.isLarge whether the base model has 10⁹ parameters or more */
export function newMethodFields(about: { readonly isLarge: boolean }): FieldValues {
  return Object.fromEntries(Object.values(ownForms).flatMap((form) => Object.entries(form.begin(about)))) as FieldValues;
}

/** What a form holds of methods: the fields of each, and the modules that they share. */
type MethodsForm = FieldValues & TargetFields;
const forms: { readonly [Name in MethodName]: FormMethod<ConfigOf<Name>, MethodsForm> } = ownForms;

/** Methods that one form may start together, in this order. */
const pair: readonly MethodName[] = ["stan", "lora"];
export const methodChoices = [...pair, "both" as const, ...methodNames.filter((name) => !pair.includes(name))];
export type MethodChoice = MethodName | "both";

/** The methods that a form starts. */
export function chosenMethods({ method }: { readonly method: MethodChoice }): readonly MethodName[] {
  return method === "both" ? pair : [method];
}

/** The form of the method that is named. `fieldsOf` takes settings of that method. */
export function formMethodOf({ method }: { readonly method: MethodName }): FormMethod<ConfigOf<MethodName>, MethodsForm> {
  return forms[method];
}
