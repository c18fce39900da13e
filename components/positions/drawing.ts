import type { ReactNode } from "react";
import type { Ramp } from "@/components/plots/ramp";
import type { PositionGrid, PositionKind } from "@/lib/contract/positions/position-kind";

/** What is drawn of an input: some of its positions, each with a latent's activation. */
export type PositionsProps = {
  readonly kind: PositionKind;
  /** Consecutive positions; without an activation where none is stored. */
  readonly positions: readonly { readonly text: string; readonly activation: number | null }[];
  /** Which of them are drawn: `from` up to `to`. */
  readonly from: number;
  readonly to: number;
  /** Where in its input the first of `positions` lies, and how the input's positions lie in a grid. */
  readonly first: number;
  readonly grid: PositionGrid | null;
  /** The input itself where it is an image, which its patches cover. */
  readonly image: PositionImage | null;
  readonly peak: number | null;
  /** Top of the colour scale. */
  readonly colourMax: number;
  /** Of activations unless said. */
  readonly ramp?: Ramp;
  readonly pointed: number | null;
  readonly onPoint: (place: number | null) => void;
};

/** `under` is what lies pale under the cells, where that is another. */
export type PositionImage = { readonly src: string; readonly alt: string; readonly under?: string };

/** How positions of one layout are drawn. */
export type PositionDrawing = {
  readonly Positions: (props: PositionsProps) => ReactNode;
  /** In one line, which can be cut at the peak so that the peaks of all examples align. */
  readonly isLine: boolean;
  /** By how many positions an arrow key moves; null for a key that does not. */
  readonly stepOf: (key: string, grid: PositionGrid | null) => number | null;
  /** How the peak is marked: "Underlined". */
  readonly mark: string;
  /** How what lies outside the stored windows is drawn, in a sentence: "grey is text outside them". */
  readonly outside: string;
};
