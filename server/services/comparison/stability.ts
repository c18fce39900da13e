import type { LatentStability } from "@/lib/contract/comparison";
import { isLatentMethod, latentMethodOf, methodOfFile } from "@/lib/contract/methods/methods";
import { medianOf } from "@/lib/numbers/intervals";
import { type Decoder, matchLatents } from "@/lib/numbers/statistics/match-latents";
import type { RunRow } from "@/server/db/runs/runs";
import { type AdapterFolder, readAdapter } from "@/server/files/adapters/adapter-folder";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { findAdapterFolder } from "@/server/services/runs/adapter-folder";

/** Multiplications of one request: cosines take M² · dOut a module, the assignment about M³. */
const mostWork = 1.5e8;

/** Adapters of finished runs never change, so neither does how they match; the latest are kept, by runs and steps. */
const kept = new Map<string, LatentStability | null>();
const mostKept = 200;

/**
 * How stable latents are from one seed to another. Modules are matched in the order given until the work of a request is done, at least one where it is
 * not too large by itself.
 *
 * @param modules by name, the most important first
 * @returns null where an adapter is gone, no module is of both, or the first is too large
 */
export async function stabilityOf(
  context: ServiceContext,
  runs: readonly [RunRow, RunRow],
  modules: readonly string[],
): Promise<LatentStability | null> {
  const key = JSON.stringify([runs.map(({ id, step }) => [id, step]), modules]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = await match(context, runs, modules);
  kept.set(key, made);
  const oldest = kept.keys().next().value;
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return made;
}

async function match(
  context: ServiceContext,
  [one, other]: readonly [RunRow, RunRow],
  modules: readonly string[],
): Promise<LatentStability | null> {
  const folders = await Promise.all([one, other].map(({ id }) => findAdapterFolder(context, id)));
  const [first, second] = await withFileErrors(() => folders.map((folder) => (folder === undefined ? undefined : readAdapter(folder))));
  if (first === undefined || second === undefined) return null;
  const isSignArbitrary = isLatentMethod(one.method) && latentMethodOf({ method: one.method }).isSignArbitrary;
  const shared = modules.filter((module) => first.tensors.has(module) && second.tensors.has(module));
  const cosines: number[] = [];
  let [work, matched, latents, done, threshold] = [0, 0, 0, 0, 0];
  for (const module of shared) {
    const [a, b] = [decoderOf(first, module), decoderOf(second, module)];
    if (a === undefined || b === undefined || a.dOut !== b.dOut) continue;
    work += a.numLatents * b.numLatents * (a.dOut + Math.min(a.numLatents, b.numLatents));
    if (work > mostWork) break;
    const pairs = matchLatents(a, b, isSignArbitrary ? "absolute" : "signed");
    const size = Math.min(a.numLatents, b.numLatents);
    for (const { cosine } of pairs.pairs) cosines.push(isSignArbitrary ? Math.abs(cosine) : cosine);
    matched += pairs.shareMatched * size;
    latents += size;
    threshold = pairs.threshold;
    done++;
  }
  if (cosines.length === 0) return null;
  return {
    runs: [one.id, other.id],
    modules: done,
    modulesTotal: shared.length,
    latents,
    shareMatched: matched / latents,
    threshold,
    medianCosine: medianOf(cosines),
  };
}

function decoderOf({ config, tensors }: AdapterFolder, module: string): Decoder | undefined {
  const own = tensors.get(module);
  if (own === undefined) return undefined;
  const { shape, data } = methodOfFile(config).decoder(own);
  return { values: data, dOut: shape[0], numLatents: shape[1] };
}
