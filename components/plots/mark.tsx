import type { MarkShape as MethodShape } from "@/lib/contract/methods/method";
import { type MethodName, methodOf } from "@/lib/contract/methods/methods";

/** Whose value a mark shows: always a colour with a shape. */
export type Mark = MethodName | "base" | "edited";

type Shape = MethodShape | "bar" | "diamond";
type MarkShapeProps = { readonly mark: Mark; readonly x: number; readonly y: number; readonly radius: number; readonly isOpen?: boolean };

/** A method's own shape, a bar for the base model, a diamond for an edit. */
export function MarkShape({ mark, x, y, radius, isOpen = false }: MarkShapeProps) {
  const paint = isOpen ? { fill: "var(--surface)", stroke: markColour(mark), strokeWidth: 1.25 } : { fill: markColour(mark) };
  switch (shapeOf(mark)) {
    case "circle":
      return <circle cx={x} cy={y} r={radius} {...paint} />;
    case "square":
      return <rect x={x - radius * 0.9} y={y - radius * 0.9} width={radius * 1.8} height={radius * 1.8} {...paint} />;
    case "triangle":
      return <path d={`M${x},${y - radius * 1.2}l${radius * 1.25},${radius * 2.2}h${-radius * 2.5}Z`} {...paint} />;
    case "wedge":
      return <path d={`M${x},${y + radius * 1.2}l${radius * 1.25},${-radius * 2.2}h${-radius * 2.5}Z`} {...paint} />;
    case "cross":
      return <path d={crossPath(x, y, radius)} {...paint} />;
    case "bar":
      return <rect x={x - radius * 1.2} y={y - 1} width={radius * 2.4} height={2} fill={markColour(mark)} />;
    case "diamond":
      return (
        <path
          d={`M${x},${y - radius * 1.3}l${radius * 1.3},${radius * 1.3}l${-radius * 1.3},${radius * 1.3}l${-radius * 1.3},${-radius * 1.3}Z`}
          {...paint}
        />
      );
  }
}

function shapeOf(mark: Mark): Shape {
  if (mark === "base") return "bar";
  return mark === "edited" ? "diamond" : methodOf({ method: mark }).mark;
}

/** An upright cross whose arms are as thick as two thirds of the radius. */
function crossPath(x: number, y: number, radius: number): string {
  const [half, arm] = [radius / 3, radius * 0.8];
  return `M${x - half},${y - half - arm}h${2 * half}v${arm}h${arm}v${2 * half}h${-arm}v${arm}h${-2 * half}v${-arm}h${-arm}v${-2 * half}h${arm}Z`;
}

export function markColour(mark: Mark): string {
  return `var(--${mark})`;
}
