import { layerReader, type NameTest, nameTest } from "@/lib/contract/expression";
import type { AdapterConfigFile } from "@/lib/contract/methods/methods";

type Targets = Pick<AdapterConfigFile, "target_modules" | "exclude_modules" | "layers_to_transform" | "layers_pattern">;

/** Whether PEFT would adapt the module of a name: `check_target_module_exists` of its tuners. */
export function targetTest(config: Targets): NameTest {
  const isExcluded: NameTest = config.exclude_modules == null ? () => false : namesTest(config.exclude_modules);
  const isNamed = namesTest(config.target_modules);
  const isInLayer = layerTest(config);
  return (module) => !isExcluded(module) && isNamed(module) && isInLayer(module);
}

/** Entries of `target_modules` that no module answers to. */
export function unmatchedTargets(config: Targets, modules: readonly string[]): string[] {
  const { target_modules: targets } = config;
  if (typeof targets === "string") return modules.some(namesTest(targets)) ? [] : [targets];
  return targets.filter((target) => !modules.some(namesTest([target])));
}

function namesTest(targets: string | readonly string[]): NameTest {
  if (targets === "all-linear") return (module) => !/(^|\.)lm_head$/.test(module);
  if (typeof targets === "string") return nameTest(targets);
  return (module) => targets.some((target) => module === target || module.endsWith(`.${target}`));
}

function layerTest(config: Targets): NameTest {
  const layers = [config.layers_to_transform ?? []].flat();
  if (layers.length === 0) return () => true;
  const patterns = [config.layers_pattern ?? []].flat();
  const readers = (patterns.length === 0 ? ["[^.]*"] : patterns).map(layerReader);
  return (module) => readers.some((layerOf) => layers.includes(layerOf(module) ?? -1));
}
