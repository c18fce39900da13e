import { escapeHtml } from "@/server/report/html/escape-html";

/** An element of a drawing. Text among the children is plain. */
export type SvgNode = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (SvgNode | string)[];
};

export function node(name: string, attributes: SvgNode["attributes"] = {}, ...children: readonly (SvgNode | string)[]): SvgNode {
  return { name, attributes, children };
}

/** A drawing as text. Lengths are rounded to a tenth of a pixel, which nobody sees. */
export function writeSvg({ name, attributes, children }: SvgNode): string {
  const given = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeHtml(typeof value === "number" ? lengthOf(value) : value)}"`,
  );
  const inner = children.map((child) => (typeof child === "string" ? escapeHtml(child) : writeSvg(child))).join("");
  return inner === "" ? `<${name}${given.join("")}/>` : `<${name}${given.join("")}>${inner}</${name}>`;
}

/** A path through points, in tenths of a pixel. */
export function pathThrough(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], place) => `${place === 0 ? "M" : "L"}${lengthOf(x)},${lengthOf(y)}`).join("");
}

export function lengthOf(value: number): string {
  return String(Math.round(value * 10) / 10);
}
