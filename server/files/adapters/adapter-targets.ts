import type { AdapterConfigFile } from "./adapter-config";

type Targets = Pick<AdapterConfigFile, "target_modules" | "exclude_modules" | "layers_to_transform" | "layers_pattern">;

/** Whether PEFT would adapt the module of this name: `check_target_module_exists` of its tuners. */
export function isTargetModule(config: Targets, module: string): boolean {
  if (config.exclude_modules != null && matches(config.exclude_modules, module)) return false;
  return matches(config.target_modules, module) && isTargetLayer(config, module);
}

/** Entries of `target_modules` that no module answers to. */
export function unmatchedTargets(config: Targets, modules: readonly string[]): string[] {
  const targets = typeof config.target_modules === "string" ? [config.target_modules] : config.target_modules;
  const isExpression = typeof config.target_modules === "string";
  return targets.filter((target) => !modules.some((module) => matches(isExpression ? target : [target], module)));
}

function matches(targets: string | readonly string[], module: string): boolean {
  if (targets === "all-linear") return !/(^|\.)lm_head$/.test(module);
  if (typeof targets === "string") return new RegExp(`^(?:${targets})$`).test(module);
  return targets.some((target) => module === target || module.endsWith(`.${target}`));
}

function isTargetLayer(config: Targets, module: string): boolean {
  if (config.layers_to_transform == null) return true;
  const layers = [config.layers_to_transform].flat();
  if (layers.length === 0) return true;
  const patterns = [config.layers_pattern ?? []].flat();
  const names = patterns.length === 0 ? ["[^.]*"] : patterns;
  return names.some((name) => {
    const layer = new RegExp(`^.*\\.${name}\\.(\\d+)\\.`).exec(module)?.[1];
    return layer !== undefined && layers.includes(Number(layer));
  });
}
