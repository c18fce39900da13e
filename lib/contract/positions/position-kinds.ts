import { formatInteger } from "@/lib/numbers/format";
import type { PositionKind, PositionPlace } from "./position-kind";

/** Every kind of position. */
export const positionKinds = {
  token: {
    noun: "token",
    plural: "tokens",
    input: "document",
    name: ({ position }) => `token ${formatInteger(position)}`,
    layout: "text",
    hasVocabulary: true,
  },
  /** Of an image. The class token and registers, which are no patch, come first and count as positions, too. */
  patch: {
    noun: "patch",
    plural: "patches",
    input: "image",
    name: patchName,
    layout: "grid",
    hasVocabulary: false,
  },
} as const satisfies { readonly [name: string]: PositionKind };

/** Rows, columns and registers are numbered from 1, rows from the top. */
function patchName({ position, grid }: PositionPlace): string {
  const { columns, leading } = grid ?? { columns: 1, leading: 0 };
  if (position < leading) return position === 0 ? "class token" : `register ${formatInteger(position)}`;
  const cell = position - leading;
  return `patch ${formatInteger(Math.floor(cell / columns) + 1)}, ${formatInteger((cell % columns) + 1)}`;
}
