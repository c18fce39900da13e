/** What is weighed against what, and which way each is better: accuracy up, parameters down. */
export type Criterion<Point> = { readonly of: (point: Point) => number; readonly better: "higher" | "lower" };

/**
 * The points that no other point is at least as good as in both criteria and better in one, from the best in the first criterion on.
 * Equal points stand or fall together; a point without a number (NaN) in either is left out. O(n log n).
 */
export function paretoFront<Point>(points: readonly Point[], first: Criterion<Point>, second: Criterion<Point>): Point[] {
  const costs = points.map((point) => ({ point, x: costOf(point, first), y: costOf(point, second) }));
  const known = costs.filter(({ x, y }) => !Number.isNaN(x) && !Number.isNaN(y)).sort((a, b) => ascending(a.x, b.x) || ascending(a.y, b.y));
  const front: typeof known = [];
  for (const candidate of known) {
    const last = front.at(-1);
    if (last === undefined || candidate.y < last.y || (candidate.x === last.x && candidate.y === last.y)) front.push(candidate);
  }
  return front.map(({ point }) => point);
}

function costOf<Point>(point: Point, { of, better }: Criterion<Point>): number {
  return better === "lower" ? of(point) : -of(point);
}

/** Also of infinities, whose difference is NaN. */
function ascending(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
