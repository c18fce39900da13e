import { z } from "zod";

/** What positions are called in a sentence. */
export type PositionWords = { readonly noun: string; readonly plural: string };

/** How an input's positions lie in a grid: `leading` ones that are none of its cells, then row by row. */
export const positionGrid = z.object({ columns: z.int().min(1), leading: z.int().min(0) });
export type PositionGrid = Readonly<z.infer<typeof positionGrid>>;

/** Where a position lies in its input: its place in reading order, from 0, and the grid where there is one. */
export type PositionPlace = { readonly position: number; readonly grid: PositionGrid | null };

/**
 * A kind of position: what a list, a file or a page must know of the places of an input that statistics count. Its name is its key in
 * `positionKinds`.
 */
export type PositionKind = PositionWords & {
  /** What an input is called where a page shows all of it. */
  readonly input: string;
  /** What one is called by its place. */
  readonly name: (place: PositionPlace) => string;
  /** How examples are drawn, by `components/positions`. A context of a grid stores its number of columns and of leading positions. */
  readonly layout: PositionLayout;
  /**
   * Whether each holds an entry of a vocabulary. If so, a context stores the entries' ids and texts, and those at which a latent fires, and
   * those that follow, are counted. If not, a context stores an empty text for each, and a latent has no top tokens.
   */
  readonly hasVocabulary: boolean;
};

/** As text that is read in a line, or as a grid whose cells are shaded by activation. */
export type PositionLayout = "text" | "grid";
