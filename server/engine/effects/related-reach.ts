import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { VectorSide } from "@/server/engine/methods/attached-module";

/** A product of all vectors of one module with all of another (or of itself), by place among the adapter's modules. */
export type ModulePair = { readonly side: VectorSide; readonly from: number; readonly to: number };

/** Between which modules related latents were sought. */
export type Reach = {
  /** Modules of equal width up to this many layers apart; null for all of them, −1 for none but the module itself. */
  readonly layersApart: number | null;
  readonly pairs: readonly ModulePair[];
};

/** As far as `flops` allow, nearest layers first; a module itself is always within reach. */
export function reachOf(modules: readonly AdapterModule[], flops: number): Reach {
  const pairs = (["decoder", "encoder"] as const).flatMap((side) =>
    modules.flatMap((own, from) =>
      modules.flatMap((other, to) => {
        const width = widthOf(own, side);
        if (width !== widthOf(other, side)) return [];
        const apart = from === to ? -1 : Math.abs(own.layer - other.layer);
        return [{ side, from, to, apart, cost: 2 * width * own.numLatents * other.numLatents }];
      }),
    ),
  );
  const within = (apart: number) => pairs.filter((pair) => pair.apart <= apart);
  const cost = (apart: number) => within(apart).reduce((sum, pair) => sum + pair.cost, 0);
  const widest = pairs.reduce((most, { apart }) => Math.max(most, apart), -1);
  let apart = widest;
  while (apart > -1 && cost(apart) > flops) apart--;
  return { layersApart: apart === widest ? null : apart, pairs: within(apart).map(({ side, from, to }) => ({ side, from, to })) };
}

function widthOf({ dIn, dOut }: AdapterModule, side: VectorSide): number {
  return side === "encoder" ? dIn : dOut;
}
