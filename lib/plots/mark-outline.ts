import type { MarkShape } from "@/lib/contract/methods/method";

/** An SVG element and where it lies. */
export type Outline = { readonly element: "circle" | "rect" | "path"; readonly attributes: Readonly<Record<string, number | string>> };

/** The outline of a mark about a point, `radius` pixels wide to each side: a method's own shape, a bar for the base model, a diamond for an edit. */
export function markOutline(shape: MarkShape | "bar" | "diamond", x: number, y: number, radius: number): Outline {
  switch (shape) {
    case "circle":
      return { element: "circle", attributes: { cx: x, cy: y, r: radius } };
    case "square":
      return { element: "rect", attributes: { x: x - radius * 0.9, y: y - radius * 0.9, width: radius * 1.8, height: radius * 1.8 } };
    case "cross": {
      // An upright cross whose arms are as thick as two thirds of the radius.
      const [half, arm] = [radius / 3, radius * 0.8];
      return path(
        `M${x - half},${y - half - arm}h${2 * half}v${arm}h${arm}v${2 * half}h${-arm}v${arm}h${-2 * half}v${-arm}h${-arm}v${-2 * half}h${arm}Z`,
      );
    }
    case "triangle":
    case "wedge": {
      const [size, up] = [radius * 1.15, shape === "triangle" ? 1 : -1];
      return path(`M${x},${y - up * size}l${size},${up * size * 1.8}h${-2 * size}Z`);
    }
    case "bar":
      return { element: "rect", attributes: { x: x - radius * 1.2, y: y - 1, width: radius * 2.4, height: 2 } };
    case "diamond": {
      const size = radius * 1.3;
      return path(`M${x},${y - size}l${size},${size}l${-size},${size}l${-size},${-size}Z`);
    }
  }
}

function path(d: string): Outline {
  return { element: "path", attributes: { d } };
}
