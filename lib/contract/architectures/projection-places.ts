import { architectureOf } from "./architectures";

/**
 * Names by place of modules that an earlier version stored under one name, in the order of the block: GPT-2's two `c_proj` are `attn.c_proj` and
 * `mlp.c_proj`. All others stay.
 */
export function namedByPlace<Module extends { readonly name: string }>(modules: readonly Module[], architecture: string): Module[] {
  const found = architectureOf(architecture);
  if (found?.kind !== "decoder") return [...modules];
  const names = modules.map(({ name }) => name);
  return modules.map((module, at) => {
    if (names.filter((name) => name === module.name).length === 1) return module;
    const places = Object.values(found.layout.names).filter((place) => place.endsWith(`.${module.name}`));
    return { ...module, name: places[names.slice(0, at).filter((name) => name === module.name).length] ?? module.name };
  });
}
