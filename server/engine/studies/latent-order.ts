import type { Edit } from "@/lib/contract/edit";
import type { Random } from "@/lib/numbers/random";
import type { Adapter } from "@/server/engine/adapters/adapter";

/** All latents of an adapter in one order: numbers that count through its modules, in the adapter's order. */
export type LatentOrder = Int32Array;

export function latentCount({ modules }: Adapter): number {
  return modules.reduce((sum, { numLatents }) => sum + numLatents, 0);
}

/** By falling value; equal ones by module and index. @param values of each latent by module; one that is missing counts as 0 */
export function orderByValue(adapter: Adapter, values: ReadonlyMap<string, Float64Array>): LatentOrder {
  const all = Float64Array.from(
    adapter.modules.flatMap(({ module, numLatents }) => Array.from({ length: numLatents }, (_, index) => values.get(module)?.[index] ?? 0)),
  );
  return Int32Array.from(all.keys()).sort((a, b) => (all[b] as number) - (all[a] as number) || a - b);
}

export function randomOrder(adapter: Adapter, random: Random): LatentOrder {
  const order = Int32Array.from({ length: latentCount(adapter) }, (_, number) => number);
  random.shuffle(order);
  return order;
}

/** Edits that leave the first latents of an order on and set all others to 0 after TopK; a module without any is off. */
export function onlyFirst({ modules }: Adapter, order: LatentOrder, count: number): Edit[] {
  const kept = Int32Array.from(order.subarray(0, count)).sort();
  let [from, before] = [0, 0];
  return modules.map(({ module, numLatents }): Edit => {
    let to = from;
    while (to < kept.length && (kept[to] as number) < before + numLatents) to++;
    const indices = Array.from(kept.subarray(from, to), (number) => number - before);
    [from, before] = [to, before + numLatents];
    const place = { module, isOn: true, scope: "all" } as const;
    return indices.length === 0 ? { operation: "moduleOff", ...place } : { operation: "isolate", indices, ...place };
  });
}
