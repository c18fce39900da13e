import { createElement } from "react";
import { type MethodName, methodOf } from "@/lib/contract/methods/methods";
import { markOutline } from "@/lib/plots/mark-outline";

/** Whose value a mark shows: always a colour with a shape. */
export type Mark = MethodName | "base" | "edited";

type MarkShapeProps = { readonly mark: Mark; readonly x: number; readonly y: number; readonly radius: number; readonly isOpen?: boolean };

/** A method's own shape, a bar for the base model, a diamond for an edit. */
export function MarkShape({ mark, x, y, radius, isOpen = false }: MarkShapeProps) {
  const colour = markColour(mark);
  const paint = isOpen && mark !== "base" ? { fill: "var(--surface)", stroke: colour, strokeWidth: 1.25 } : { fill: colour };
  const { element, attributes } = markOutline(shapeOf(mark), x, y, radius);
  return createElement(element, { ...attributes, ...paint });
}

function shapeOf(mark: Mark): Parameters<typeof markOutline>[0] {
  if (mark === "base") return "bar";
  return mark === "edited" ? "diamond" : methodOf({ method: mark }).mark;
}

export function markColour(mark: Mark): string {
  return `var(--${mark})`;
}
