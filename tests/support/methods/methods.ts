import { type ConfigOf, type MethodName, methodSettings } from "@/lib/contract/methods/methods";
import { type AdapterConfig, hasLatents, type LatentConfig, latentConfig } from "@/lib/contract/run-config";
import { full } from "./full";
import { head } from "./head";
import { lora } from "./lora";
import type { MethodCase, MethodCases } from "./method-case";
import { stan } from "./stan";
import { vera } from "./vera";

/** Every method in the tests that go through all of them. */
const cases: { readonly [Name in MethodName]: MethodCases<ConfigOf<Name>> } = { stan, lora, vera, full, head };

type AnyCase = MethodCase<AdapterConfig>;
type LatentCase = MethodCase<LatentConfig>;

const byMethod: readonly MethodCases<AdapterConfig>[] = Object.values(cases);
export const methodCases: readonly AnyCase[] = byMethod.flatMap(({ computed, further }) => [...computed, ...further]);
export const latentCases: readonly LatentCase[] = methodCases.filter(isLatentCase);

/** Small adapters of every kind, for what the engine computes. */
export function computedCases(modules: readonly string[]): readonly (readonly [name: string, settings: LatentConfig])[] {
  const computed = byMethod.flatMap((one) => one.computed).filter(isLatentCase);
  return computed.map(({ name, config }) => [name, { ...config, targets: { modules: [...modules], layers: null } }]);
}

export function vectorsAround(method: MethodName): number {
  return cases[method].vectorsAround ?? 1;
}

/** The same settings with dropout; undefined where the method has none. */
export function withDropout(settings: LatentConfig, dropout: number): LatentConfig | undefined {
  return "dropout" in methodSettings[settings.method].shape ? latentConfig.parse({ ...settings, dropout }) : undefined;
}

function isLatentCase(one: AnyCase): one is LatentCase {
  return hasLatents(one.config);
}
