import type { Edit, EditOperation, EditScope, LatentRef } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";

export const LORA_OPERATIONS = [
  "scale",
  "clamp",
  "minClamp",
  "add",
  "ablatePost",
  "isolate",
  "moduleOff",
  "adapterOff",
] as const satisfies readonly EditOperation[];
export const STAN_OPERATIONS = [...LORA_OPERATIONS, "ablatePre", "forceIn"] as const satisfies readonly EditOperation[];

/** Draws lists of one to six edits with all operations, scopes and conditions that a method takes, for sequences of 11 tokens. */
export function randomEdits(modules: readonly AdapterModule[], random: () => number): Edit[] {
  return Array.from({ length: 1 + below(random, 6) }, () => randomEdit(modules, random));
}

export function randomEdit(modules: readonly AdapterModule[], random: () => number): Edit {
  const place = below(random, modules.length);
  const module = modules[place];
  if (module === undefined) throw new Error("no modules");
  const operations = latentMethodOf(module).hasTopK ? STAN_OPERATIONS : LORA_OPERATIONS;
  // Whatever is off hides all else, so it is drawn seldom.
  const drawn = operations[below(random, operations.length)] ?? "scale";
  const operation = drawn.endsWith("Off") && random() < 0.8 ? "add" : drawn;
  const latent = { module: module.module, index: below(random, module.numLatents) };
  return editOf(operation, latent, random() * 4 - 2, {
    isOn: random() < 0.9,
    scope: randomScope(random),
    ...(random() < 0.25 ? { skipsSpecialTokens: true } : {}),
    ...(random() < 0.25 ? { onlyIfFiring: true } : {}),
    ...(random() < 0.35 ? { onlyIf: { latent: randomLatent(modules.slice(0, place + 1), random), above: random() - 0.7 } } : {}),
    indices: Array.from({ length: 1 + below(random, 3) }, () => below(random, module.numLatents)),
  });
}

type Terms = Pick<Edit, "isOn" | "scope" | "skipsSpecialTokens"> & {
  readonly onlyIfFiring?: boolean;
  readonly onlyIf?: { latent: LatentRef; above: number };
  readonly indices?: number[];
};

/** An edit with what of the terms its operation takes. */
export function editOf(operation: EditOperation, latent: LatentRef, value: number, terms: Terms): Edit {
  const { isOn, scope, skipsSpecialTokens, onlyIfFiring, onlyIf, indices = [latent.index] } = terms;
  const places = { isOn, scope, ...(skipsSpecialTokens === undefined ? {} : { skipsSpecialTokens }) };
  const condition = onlyIf === undefined ? {} : { onlyIf };
  const ofLatent = { latent, ...places, ...condition, ...(onlyIfFiring === undefined ? {} : { onlyIfFiring }) };
  switch (operation) {
    case "adapterOff":
      return { operation, ...places };
    case "moduleOff":
      return { operation, module: latent.module, ...places, ...condition };
    case "isolate":
      return { operation, module: latent.module, indices, ...places, ...condition };
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return { operation, ...ofLatent };
    default:
      return { operation, value, ...ofLatent };
  }
}

function randomScope(random: () => number): EditScope {
  const from = below(random, 11);
  return (["all", "all", "prompt", "generated", { from, to: from + below(random, 5) }] as const)[below(random, 5)] ?? "all";
}

function randomLatent(modules: readonly AdapterModule[], random: () => number): LatentRef {
  const module = modules[below(random, modules.length)];
  if (module === undefined) throw new Error("no modules");
  return { module: module.module, index: below(random, module.numLatents) };
}

function below(random: () => number, bound: number): number {
  return Math.floor(random() * bound);
}
