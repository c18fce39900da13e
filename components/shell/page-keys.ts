import type { KeyHint } from "@/components/ui/key-strip";

/** The keys of one page: those that stand at its foot, and those that only the sheet of all keys has room for. */
export type PageKeys = { readonly page: string; readonly hints: readonly KeyHint[]; readonly more: readonly KeyHint[] };

/** Behind the keys of every page. */
export const sheetHint: KeyHint = { keys: ["?"], does: "all shortcuts" };

export const runListKeys: PageKeys = {
  page: "Runs",
  hints: [
    { keys: ["j", "k"], does: "next, previous" },
    { keys: ["↵"], does: "open" },
    { keys: ["/"], does: "search" },
    { keys: ["n"], does: "new run" },
    { keys: ["x"], does: "select" },
    { keys: ["c"], does: "compare selected" },
  ],
  more: [],
};

export const tableKeys: PageKeys = {
  page: "Table of latents",
  hints: [
    { keys: ["j", "k"], does: "next, previous" },
    { keys: ["↵"], does: "open" },
    { keys: ["x"], does: "select" },
    { keys: ["⇧ x"], does: "select range" },
    { keys: ["s"], does: "steer" },
    { keys: ["/"], does: "search" },
    { keys: ["drag"], does: "on a small histogram: filter a range" },
    { keys: ["⇧ click"], does: "on the map: range of layers" },
  ],
  more: [
    { keys: ["←", "→"], does: "on an end of a histogram: move it" },
    { keys: ["esc"], does: "clear selection; on a histogram, its range" },
  ],
};

export const latentKeys: PageKeys = {
  page: "Latent",
  hints: [
    { keys: ["j", "k"], does: "next, previous" },
    { keys: ["1 – 5"], does: "band, weakest first" },
    { keys: ["0"], does: "all bands" },
    { keys: ["e"], does: "whole windows" },
    { keys: ["l"], does: "label" },
    { keys: ["s"], does: "steer" },
    { keys: ["esc"], does: "back to its row in the table" },
  ],
  more: [
    { keys: ["↑", "↓"], does: "in the list of latents: up, down" },
    { keys: ["←", "→"], does: "on an example: token by token" },
    { keys: ["↵"], does: "on an example: its whole window" },
    { keys: ["⌃ ↵"], does: "in the label: save, then label the next; in the note: save" },
  ],
};

export const textKeys: PageKeys = {
  page: "Your text",
  hints: [
    { keys: ["⌃ ↵"], does: "read" },
    { keys: ["←", "→"], does: "token" },
    { keys: ["⇧"], does: "extends the span" },
    { keys: ["j", "k"], does: "colour by the next, previous latent" },
    { keys: ["esc"], does: "clear selection, or stop" },
  ],
  more: [
    { keys: ["home", "end"], does: "first, last token" },
    { keys: ["⌃ a"], does: "all tokens" },
  ],
};

export const steerKeys: PageKeys = {
  page: "Steer",
  hints: [
    { keys: ["⌃ ↵"], does: "run" },
    { keys: ["esc"], does: "stop" },
    { keys: ["f"], does: "free generation or teacher-forced" },
    { keys: ["←", "→"], does: "token, or an edit’s value" },
    { keys: ["⇧"], does: "fine" },
    { keys: ["space"], does: "switch an edit" },
    { keys: ["d"], does: "dose and response" },
    { keys: ["/"], does: "find a latent" },
  ],
  more: [
    { keys: ["↵"], does: "on a token: what fired there" },
    { keys: ["home", "end"], does: "first, last token" },
  ],
};

export const encoderSteerKeys: PageKeys = {
  page: "Steer, of an encoder",
  hints: [
    { keys: ["⌃ ↵"], does: "run again" },
    { keys: ["esc"], does: "stop" },
    { keys: ["←", "→"], does: "token, or an edit’s value" },
    { keys: ["⇧"], does: "fine" },
    { keys: ["space"], does: "switch an edit" },
    { keys: ["/"], does: "find a latent" },
  ],
  more: [{ keys: ["alt ↑", "alt ↓"], does: "move an edit" }],
};

/** The same keys where patches stand in the place of tokens. */
export const pictureSteerKeys: PageKeys = {
  ...encoderSteerKeys,
  hints: encoderSteerKeys.hints.map((hint) => ({ ...hint, does: hint.does.replace("token", "patch") })),
};

export const diffusionSteerKeys: PageKeys = {
  page: "Steer, of a diffusion model",
  hints: [
    { keys: ["⌃ ↵"], does: "make pictures" },
    { keys: ["esc"], does: "stop" },
    { keys: ["←", "→"], does: "an edit’s value" },
    { keys: ["⇧"], does: "fine" },
    { keys: ["space"], does: "switch an edit" },
    { keys: ["/"], does: "find a latent" },
  ],
  more: [{ keys: ["alt ↑", "alt ↓"], does: "move an edit" }],
};

/** Every page that has keys of its own. */
export const pagesWithKeys: readonly PageKeys[] = [
  runListKeys,
  tableKeys,
  latentKeys,
  textKeys,
  steerKeys,
  encoderSteerKeys,
  diffusionSteerKeys,
];
