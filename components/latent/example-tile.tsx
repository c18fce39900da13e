"use client";
import { Maximize2, Minimize2 } from "lucide-react";
import type { ReactNode } from "react";
import { activationWords } from "@/components/positions/activation-words";
import type { PositionImage } from "@/components/positions/drawing";
import { drawingOf } from "@/components/positions/drawings";
import { DomainMark } from "@/components/shell/domain-mark";
import { classNames } from "@/components/ui/class-names";
import type { LatentExample } from "@/lib/contract/latent";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import styles from "./latent.module.css";
import { useReadPositions } from "./use-read-positions";

type ExampleTileProps = {
  readonly example: LatentExample;
  readonly kind: PositionKind;
  readonly image: PositionImage | null;
  readonly colourMax: number;
  readonly isLarge: boolean;
  readonly onIsLargeChange: (isLarge: boolean) => void;
  readonly domainOrder: number;
  /** Under a large one: more of the input. */
  readonly children?: ReactNode;
};

/** One firing in an input that is a grid. The position under the pointer, or chosen with the arrow keys, is named with its activation, in place of the peak. */
export function ExampleTile({ example, kind, image, colourMax, isLarge, onIsLargeChange, domainOrder, children }: ExampleTileProps) {
  const { pointed, onPoint, activation, keys } = useReadPositions({ example, kind, onEnter: () => onIsLargeChange(!isLarge) });
  const { tokens, peak, answer, grid = null } = example;
  const { Positions } = drawingOf(kind);
  const first = example.position - peak;
  const peakName = kind.name({ position: example.position, grid });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups positions
    <div
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read it position by position
      tabIndex={0}
      aria-label={`Example of activation ${formatSignificant(example.activation)} at ${peakName}; arrow keys read its ${kind.plural}`}
      className={classNames(styles["tile"], isLarge && styles["large"])}
      title={`Row ${formatInteger(example.row)}, ${peakName}`}
      {...keys}
    >
      <Positions
        {...{ kind, positions: tokens, first, grid, image, peak, colourMax, pointed }}
        from={0}
        to={tokens.length}
        onPoint={onPoint}
      />
      <div className={styles["tilehead"]}>
        <span className={classNames("small", pointed !== null && styles["pointed"])} aria-live="polite">
          {pointed === null ? "" : `${kind.name({ position: first + pointed, grid })}: `}
          {activationWords(activation)}
        </span>
        <button
          type="button"
          className="bare dim"
          aria-expanded={isLarge}
          aria-label={isLarge ? "Smaller" : "Larger"}
          onClick={() => onIsLargeChange(!isLarge)}
        >
          {isLarge ? <Minimize2 size={12} aria-hidden="true" /> : <Maximize2 size={12} aria-hidden="true" />}
        </button>
      </div>
      <div className={styles["tilefacts"]}>
        {answer !== undefined && <span>{answer}</span>}
        {example.domain !== null && <DomainMark name={example.domain} order={domainOrder} />}
      </div>
      {isLarge && children}
    </div>
  );
}
