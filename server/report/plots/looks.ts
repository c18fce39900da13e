import type { ComparedSide } from "@/lib/contract/comparison";
import type { MarkShape } from "@/lib/contract/methods/method";
import { methodOf } from "@/lib/contract/methods/methods";
import { markOutline } from "@/lib/plots/mark-outline";
import { node, type SvgNode } from "./svg";

export type Method = ComparedSide["method"];

/** How a side is drawn: colour and shape by its method, filled or open and the dashes by its place among the sides of that method. */
export type Look = { readonly colour: string; readonly shape: MarkShape; readonly isOpen: boolean; readonly dashes: string };

const dashes = ["", "6 3", "2 3", "9 3 2 3"];

/** A look for each, in order. */
export function looksOf(methods: readonly Method[]): Look[] {
  const seen = new Map<Method, number>();
  return methods.map((method) => {
    const place = seen.get(method) ?? 0;
    seen.set(method, place + 1);
    const colour = `var(--${method})`;
    return { colour, shape: methodOf({ method }).mark, isOpen: place % 2 === 1, dashes: dashes[place % dashes.length] ?? "" };
  });
}

/** A mark about a point, `radius` pixels wide to each side. */
export function drawMark({ colour, shape, isOpen }: Look, x: number, y: number, radius: number): SvgNode {
  const paint = isOpen ? { fill: "var(--surface)", stroke: colour, "stroke-width": 1.5 } : { fill: colour };
  const { element, attributes } = markOutline(shape, x, y, radius);
  return node(element, { ...attributes, ...paint });
}
