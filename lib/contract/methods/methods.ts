import type { z } from "zod";
import { type EditOperation, needsTopK } from "@/lib/contract/edit";
import { full } from "./full/method";
import { fullConfig } from "./full/settings";
import { head } from "./head/method";
import { headConfig } from "./head/settings";
import { lora } from "./lora/method";
import { loraFile } from "./lora/peft-file";
import { loraConfig } from "./lora/settings";
import type { LoraTensors } from "./lora/tensors";
import type { BakingRefusal, Baseline, LatentMethod, Method, PeftTensor } from "./method";
import { stan } from "./stan/method";
import { stanFile } from "./stan/peft-file";
import { stanConfig } from "./stan/settings";
import type { StanTensors } from "./stan/tensors";
import { vera } from "./vera/method";
import { veraFile } from "./vera/peft-file";
import { veraConfig } from "./vera/settings";
import type { VeraTensors } from "./vera/tensors";

/*
 * Every method by its name in a configuration. Those with latents come first; the others are baselines, which adapters are compared with. Every other
 * registry of methods has a part for each of these names: one that is missing is a compile error.
 */

/** Settings of the methods whose update is written by latents, or by rank components read as such. */
export const latentSettings = { stan: stanConfig, lora: loraConfig, vera: veraConfig };
export const methodSettings = { ...latentSettings, full: fullConfig, head: headConfig };
/** `adapter_config.json` as each of them writes it. */
export const adapterFiles = { stan: stanFile, lora: loraFile, vera: veraFile };
/** What a module of their adapters has. */
type TensorsOf = { readonly stan: StanTensors; readonly lora: LoraTensors; readonly vera: VeraTensors };

export type LatentMethodName = keyof typeof latentSettings;
export type MethodName = keyof typeof methodSettings;
export type BaselineName = Exclude<MethodName, LatentMethodName>;

export type ConfigOf<Name extends MethodName> = z.infer<(typeof methodSettings)[Name]>;
type FileOf<Name extends LatentMethodName> = z.infer<(typeof adapterFiles)[Name]>;

const latentMethods = { stan, lora, vera } satisfies {
  [Name in LatentMethodName]: LatentMethod<ConfigOf<Name>, FileOf<Name>, TensorsOf[Name]>;
};
const baselines = { full, head } satisfies { [Name in BaselineName]: Baseline<ConfigOf<Name>> };
const methods: { [Name in MethodName]: Method<ConfigOf<Name>> } = { ...latentMethods, ...baselines };

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
export type AnyLatentMethod = Omit<LatentMethod<ConfigOf<LatentMethodName>, AdapterConfigFile, AdapterTensors>, "bakedForm"> & {
  bakedForm(adapter: ConfigOf<LatentMethodName>): BakedForm;
};

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

/** What latents are called and whether they are selected; those of a dictionary, which has no method here, are read as sparse ones. */
export function latentWordsOf(method: LatentMethodName | null): Pick<AnyLatentMethod, "label" | "noun" | "hasTopK"> {
  return method === null ? { label: "A dictionary", noun: "latent", hasTopK: true } : latentMethods[method];
}

/** What a run's latents are called; `latent` where it has none. */
export function nounsOf(method: MethodName): Pick<AnyLatentMethod, "noun" | "longNoun"> {
  return isLatentMethod(method) ? latentMethods[method] : { noun: "latent", longNoun: "latent" };
}

/** Whether a method has what an operation works on. */
export function mayUse(operation: EditOperation, method: LatentMethodName): boolean {
  return latentMethods[method].hasTopK || !needsTopK(operation);
}

/** Whether what is trained has latents: to look at, to edit, to collect statistics of. */
export function isLatentMethod(method: MethodName): method is LatentMethodName {
  return method in latentMethods;
}

export type AdapterTensors = TensorsOf[LatentMethodName];
export type AdapterConfigFile = FileOf<LatentMethodName>;
const methodsByType: { [Type in AdapterConfigFile["peft_type"]]: AnyLatentMethod } = { STAN: stan, LORA: lora, VERA: vera };

/** Names that files have for methods. */
export const peftTypes: readonly string[] = Object.keys(methodsByType).sort();

/** The method whose adapter a file holds. Its functions take that file. */
export function methodOfFile({ peft_type: type }: Pick<AdapterConfigFile, "peft_type">): AnyLatentMethod {
  return methodsByType[type];
}

/** Every tensor of a module that a file of some method may hold. */
export const peftTensors: readonly PeftTensor[] = Object.values(latentMethods).flatMap(({ peft }) => Object.values(peft.tensors));

/** What an adapter's matrices are to baking: DoRA's are LoRA's under norms. */
export type BakedForm = ReturnType<(typeof latentMethods)[LatentMethodName]["bakedForm"]>;
export const bakingRefusals: { readonly [Form in BakedForm]: BakingRefusal } = { ...stan.baking, ...lora.baking, ...vera.baking };
