import type { Edit } from "@/lib/contract/edit";

const modules = ["model.layers.0.self_attn.q_proj", "h.1.attn.c_attn", "m"] as const;
const operations = [
  "scale",
  "clamp",
  "minClamp",
  "add",
  "ablatePost",
  "ablatePre",
  "forceIn",
  "isolate",
  "moduleOff",
  "adapterOff",
] as const satisfies readonly Edit["operation"][];

/** An edit of any kind, each optional field present or not; drawn from a function that gives numbers in [0, 1). */
export function randomEdit(random: () => number): Edit {
  const below = (bound: number) => Math.floor(random() * bound);
  const one = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const latent = () => ({ module: one(modules), index: below(300) });
  const number = () => one([below(9) - 4, random() - 0.5, 10 ** (below(40) - 20), -(random() * 1e9)]) || 0.25;
  const places = {
    isOn: random() < 0.5,
    scope: random() < 0.6 ? one(["all", "prompt", "generated"] as const) : { from: below(7), to: 7 + below(100) },
    ...(random() < 0.5 ? { skipsSpecialTokens: true } : {}),
  };
  const onlyIf = random() < 0.5 ? { onlyIf: { latent: latent(), above: number() } } : {};
  const ofLatent = { latent: latent(), ...onlyIf, ...places, ...(random() < 0.5 ? { onlyIfFiring: true } : {}) };
  const ofModule = { module: one(modules), ...onlyIf, ...places };
  const operation = one(operations);
  switch (operation) {
    case "scale":
    case "clamp":
    case "minClamp":
    case "add":
      return { operation, value: number(), ...ofLatent };
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return { operation, ...ofLatent };
    case "isolate":
      return { operation, indices: [...new Set(Array.from({ length: 1 + below(7) }, () => below(11)))].sort((a, b) => a - b), ...ofModule };
    case "moduleOff":
      return { operation, ...ofModule };
    case "adapterOff":
      return { operation, ...places };
  }
}
