import type { z } from "zod";
import { type EditOperation, needsTopK } from "@/lib/contract/edit";
import { full } from "./full/method";
import { head } from "./head/method";
import { lora } from "./lora/method";
import type { BakingRefusal, Baseline, LatentMethod, Method, PeftTensor } from "./method";
import { stan } from "./stan/method";
import { vera } from "./vera/method";

/*
 * Every method by its name in a configuration: a new one is one name here. Those with latents come first; the others are baselines, which adapters are
 * compared with. All else here is derived. Every other registry of methods has a part for each of these names: one that is missing is a compile error.
 */

const latentMethods = { stan, lora, vera };
const baselines = { full, head };
const allMethods = { ...latentMethods, ...baselines };

export type LatentMethodName = keyof typeof latentMethods;
export type BaselineName = keyof typeof baselines;
export type MethodName = keyof typeof allMethods;

type LatentMethodsOwn = (typeof latentMethods)[LatentMethodName];
export type ConfigOf<Name extends MethodName> = z.infer<(typeof allMethods)[Name]["settings"]>;
export type AdapterConfigFile = z.infer<LatentMethodsOwn["file"]>;
export type AdapterTensors = Parameters<LatentMethodsOwn["decoder"]>[0];
/** What an adapter's matrices are to baking: DoRA's are LoRA's under norms. */
export type BakedForm = ReturnType<LatentMethodsOwn["bakedForm"]>;

/** Settings of the methods whose update is written by latents, or by rank components read as such. */
export const latentSettings = partOf(latentMethods, "settings");
export const methodSettings = partOf(allMethods, "settings");
/** `adapter_config.json` as each of them writes it. */
export const adapterFiles = partOf(latentMethods, "file");

function partOf<Methods extends Readonly<Record<string, Readonly<Record<Part, unknown>>>>, Part extends string>(
  of: Methods,
  part: Part,
): { [Name in keyof Methods]: Methods[Name][Part] } {
  const parts = Object.entries(of).map(([name, method]) => [name, method[part]]);
  return Object.fromEntries(parts) as { [Name in keyof Methods]: Methods[Name][Part] };
}

const methods: { readonly [Name in MethodName]: Method<ConfigOf<Name>> } = allMethods;

export const methodNames = Object.keys(methods) as MethodName[];

/** A value for every method. */
export function byMethod<Value>(of: (method: MethodName) => Value): Record<MethodName, Value> {
  return Object.fromEntries(methodNames.map((name) => [name, of(name)])) as Record<MethodName, Value>;
}

/** What settings of adapters are called, by their path in a configuration. */
export const adapterSettingNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(methods).flatMap(({ settingNames }) => Object.entries(settingNames).map(([key, name]) => [`adapter.${key}`, name])),
);

/** Any method, as its own settings are given to it. */
type AnyMethod = Method<ConfigOf<MethodName>>;
export type AnyLatentMethod = Omit<LatentMethod<ConfigOf<LatentMethodName>, AdapterConfigFile, AdapterTensors, BakedForm>, "baking">;

/** The method that a configuration names. Its functions take that configuration. */
export function methodOf({ method }: { readonly method: MethodName }): AnyMethod {
  return methods[method];
}

/** As `methodOf`, of a method with latents. */
export function latentMethodOf({ method }: { readonly method: LatentMethodName }): AnyLatentMethod {
  return latentMethods[method];
}

/** As `methodOf`, of one without. */
export function baselineOf({ method }: { readonly method: BaselineName }): Baseline<ConfigOf<BaselineName>> {
  return baselines[method];
}

/** What latents are called, and whether they are selected or dense; those of a dictionary, which has no method here, are read as sparse ones. */
export function latentWordsOf(method: LatentMethodName | null): Pick<AnyLatentMethod, "label" | "noun" | "hasTopK" | "isDense"> {
  return method === null ? { label: "A dictionary", noun: "latent", hasTopK: true, isDense: false } : latentMethods[method];
}

/** What a run's latents are called; `latent` where it has none. */
export function nounsOf(method: MethodName): Pick<AnyLatentMethod, "noun" | "longNoun"> {
  return isLatentMethod(method) ? latentMethods[method] : { noun: "latent", longNoun: "latent" };
}

/** Whether a run's latents take part at every position; false where it has none. */
export function isDenseMethod(method: MethodName): boolean {
  return isLatentMethod(method) && latentMethods[method].isDense;
}

/** Whether a method has what an operation works on. */
export function mayUse(operation: EditOperation, method: LatentMethodName): boolean {
  return latentMethods[method].hasTopK || !needsTopK(operation);
}

/** Whether what is trained has latents: to look at, to edit, to collect statistics of. */
export function isLatentMethod(method: MethodName): method is LatentMethodName {
  return method in latentMethods;
}

const methodsByType = Object.fromEntries(
  Object.values(latentMethods).map((method): [string, AnyLatentMethod] => [method.peft.type, method]),
) as {
  readonly [Type in AdapterConfigFile["peft_type"]]: AnyLatentMethod;
};

/** Names that files have for methods. */
export const peftTypes: readonly string[] = Object.keys(methodsByType).sort();

/** The method whose adapter a file holds. Its functions take that file. */
export function methodOfFile({ peft_type: type }: Pick<AdapterConfigFile, "peft_type">): AnyLatentMethod {
  return methodsByType[type];
}

/** Every tensor of a module that a file of some method may hold. */
export const peftTensors: readonly PeftTensor[] = Object.values(latentMethods).flatMap(({ peft }) => Object.values(peft.tensors));

export const bakingRefusals = Object.fromEntries(
  Object.values(latentMethods).flatMap(({ baking }) => Object.entries<BakingRefusal>(baking)),
) as { readonly [Form in BakedForm]: BakingRefusal };
