export type WantedMark = { readonly label: string; readonly x: number };

/** Level 0 is the line of labels just above the plot, 1 the line above that; null means no label. */
export type PlacedMark = {
  readonly x: number;
  readonly textX: number;
  readonly anchor: "start" | "middle" | "end";
  readonly level: 0 | 1 | null;
};

const characterWidth = 6;
const gap = 6;
/** Pixels under which two lines are seen as one. */
const sameLine = 1.5;

/**
 * Places the labels of vertical marks so that none overlap; earlier marks take precedence. A label goes just above the plot, centred on its mark or else to
 * one side of it. Where that is taken it goes one line higher, beside its mark, and where that is taken too there is none. Of marks that coincide only the
 * first has a label.
 */
export function placeMarks(marks: readonly WantedMark[], left: number, right: number): PlacedMark[] {
  const taken: [{ from: number; to: number }[], { from: number; to: number }[]] = [[], []];
  const isFree = (level: 0 | 1, from: number, to: number) =>
    taken[level].every((other) => to + gap <= other.from || from >= other.to + gap);
  return marks.map(({ label, x }, index) => {
    if (marks.slice(0, index).some((other) => Math.abs(other.x - x) < sameLine)) return { x, textX: x, anchor: "middle", level: null };
    const room = label.length * characterWidth;
    for (const anchor of ["middle", "end", "start"] as const) {
      const from = anchor === "middle" ? x - room / 2 : anchor === "end" ? x - room + 4 : x - 4;
      if (from < left || from + room > right || !isFree(0, from, from + room)) continue;
      taken[0].push({ from, to: from + room });
      return { x, anchor, level: 0, textX: anchor === "middle" ? x : anchor === "end" ? x + 4 : x - 4 };
    }
    for (const anchor of ["end", "start"] as const) {
      const from = anchor === "end" ? x - 4 - room : x + 4;
      if (from < left - 40 || from + room > right || !isFree(1, from, from + room)) continue;
      taken[1].push({ from, to: from + room });
      return { x, anchor, level: 1, textX: anchor === "end" ? x - 4 : x + 4 };
    }
    return { x, textX: x, anchor: "middle", level: null };
  });
}
