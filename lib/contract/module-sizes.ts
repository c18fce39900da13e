import { type NameTest, nameEndTest } from "./expression";
import type { LatentConfig } from "./run-config";

/** Values of some modules alone, by regular expression: the first that matches the whole name, or its end after a dot, as in PEFT. */
export type ModulePattern = Readonly<Record<string, number>>;

/** Settings that give each STAN module its size; the patterns override `numLatents` and `k`. */
export type StanSizes = {
  readonly numLatents: number;
  readonly k: number;
  readonly alpha: number;
  readonly latentsPattern?: ModulePattern | undefined;
  readonly kPattern?: ModulePattern | undefined;
};

/** Settings that give each LoRA module its size; the patterns override `rank` and `alpha`. */
export type LoraSizes = {
  readonly rank: number;
  readonly alpha: number;
  readonly rankPattern?: ModulePattern | undefined;
  readonly alphaPattern?: ModulePattern | undefined;
  /** rsLoRA (Kalajdzievski 2023): scaling is alpha / √rank. */
  readonly useRslora?: boolean | undefined;
};

/** What one STAN module has; scaling is alpha / k. */
export function stanModuleSizes(settings: StanSizes, module: string): { numLatents: number; k: number; alpha: number; scaling: number } {
  const { alpha } = settings;
  const numLatents = patternValue(settings.latentsPattern, module) ?? settings.numLatents;
  const k = patternValue(settings.kPattern, module) ?? settings.k;
  return { numLatents, k, alpha, scaling: alpha / k };
}

/** What one LoRA module has; scaling is alpha / rank, of rsLoRA alpha / √rank. */
export function loraModuleSizes(settings: LoraSizes, module: string): { rank: number; alpha: number; scaling: number } {
  const rank = patternValue(settings.rankPattern, module) ?? settings.rank;
  const alpha = patternValue(settings.alphaPattern, module) ?? settings.alpha;
  return { rank, alpha, scaling: alpha / (settings.useRslora === true ? Math.sqrt(rank) : rank) };
}

/** What a module's update is multiplied by under a run's configuration. */
export function moduleScaling(adapter: LatentConfig, module: string): number {
  return adapter.method === "stan" ? stanModuleSizes(adapter, module).scaling : loraModuleSizes(adapter, module).scaling;
}

/** PEFT's `get_pattern_key`, and the value that stands there; undefined where no key matches. */
function patternValue(values: ModulePattern | undefined, module: string): number | undefined {
  if (values === undefined) return undefined;
  return compiled(values).find(({ matches }) => matches(module))?.value;
}

type CompiledPattern = readonly { readonly matches: NameTest; readonly value: number }[];
const compiledPatterns = new WeakMap<ModulePattern, CompiledPattern>();

function compiled(values: ModulePattern): CompiledPattern {
  const known = compiledPatterns.get(values);
  if (known !== undefined) return known;
  const pattern = Object.entries(values).map(([key, value]) => ({ matches: nameEndTest(key), value }));
  compiledPatterns.set(values, pattern);
  return pattern;
}
