import { formatInteger } from "@/lib/numbers/format";
import type { PositionKind } from "./position-kind";

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
} as const satisfies { readonly [name: string]: PositionKind };
