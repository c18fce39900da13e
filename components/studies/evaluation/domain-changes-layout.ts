import { extent, scaleLinear } from "d3";
import type { Estimate } from "@/lib/contract/study";
import { givenHalfWidth } from "@/lib/numbers/statistics/enough-examples";
import { linearTicks, type Tick } from "@/lib/numbers/ticks";

export type DomainChange = { readonly domain: string; readonly rows: number; readonly change: Estimate };

export type DomainChangesLayout = {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: (value: number) => number;
  readonly ticks: readonly Tick[];
  /** `excludesZero`: the whole interval is on one side of 0. */
  readonly lines: readonly {
    readonly y: number;
    readonly from: number;
    readonly to: number;
    readonly at: number;
    readonly excludesZero: boolean;
  }[];
};

export const lineHeight = 22;
const nameRoom = 148;
const narrowNameRoom = 96;

/** Changes with their intervals on one axis that holds 0. */
export function layOutDomainChanges(changes: readonly DomainChange[], width: number): DomainChangesLayout {
  const [left, right] = [width < 420 ? narrowNameRoom : nameRoom, width - 12];
  const ends = changes.flatMap(({ change }) => [change.mean - (givenHalfWidth(change) ?? 0), change.mean + (givenHalfWidth(change) ?? 0)]);
  const [low = 0, high = 0] = extent([0, ...ends]);
  const x = scaleLinear(high > low ? [low, high] : [-0.01, 0.01], [left, right]).nice(5);
  const [from = 0, to = 0] = x.domain();
  return {
    left,
    right,
    bottom: changes.length * lineHeight + 4,
    x,
    ticks: linearTicks([from, to], Math.max(2, Math.floor((right - left) / 70))),
    lines: changes.map(({ change }, place) => {
      const { mean } = change;
      const halfWidth = givenHalfWidth(change);
      return {
        y: place * lineHeight + lineHeight / 2,
        from: x(mean - (halfWidth ?? 0)),
        to: x(mean + (halfWidth ?? 0)),
        at: x(mean),
        excludesZero: halfWidth !== null && Math.abs(mean) > halfWidth,
      };
    }),
  };
}
