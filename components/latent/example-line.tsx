"use client";
import { ChevronDown, ChevronUp } from "lucide-react";
import type { ReactNode } from "react";
import { activationWords } from "@/components/positions/activation-words";
import { drawingOf } from "@/components/positions/drawings";
import { DomainMark } from "@/components/shell/domain-mark";
import { classNames } from "@/components/ui/class-names";
import type { LatentExample } from "@/lib/contract/latent";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import styles from "./latent.module.css";
import { useReadPositions } from "./use-read-positions";

type ExampleLineProps = {
  readonly example: LatentExample;
  readonly kind: PositionKind;
  readonly colourMax: number;
  /** Wrapped over several lines, so that all of the window is read. */
  readonly isWhole: boolean;
  readonly onIsWholeChange: (isWhole: boolean) => void;
  readonly domainOrder: number;
  /** Under a whole window: more of the text. */
  readonly children?: ReactNode;
};

/** One firing in an input that is read in a line. The position under the pointer, or chosen with the arrow keys, says its activation at the right, in place of the peak's. */
export function ExampleLine({ example, kind, colourMax, isWhole, onIsWholeChange, domainOrder, children }: ExampleLineProps) {
  const { pointed, onPoint, activation, keys } = useReadPositions({ example, kind, onEnter: () => onIsWholeChange(!isWhole) });
  const { tokens, peak } = example;
  const { Positions } = drawingOf(kind);
  const draw = (from: number, to: number) => (
    <Positions
      {...{ kind, positions: tokens, from, to, grid: null, image: null, peak, colourMax, pointed }}
      first={example.position - peak}
      onPoint={onPoint}
    />
  );
  const Chevron = isWhole ? ChevronUp : ChevronDown;
  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups positions */}
      <div
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read it position by position
        tabIndex={0}
        aria-label={`Example of activation ${formatSignificant(example.activation)}; arrow keys read its ${kind.plural}`}
        className={classNames(styles["example"], isWhole && styles["whole"])}
        title={`Row ${formatInteger(example.row)}, ${kind.name({ position: example.position, grid: null })}`}
        {...keys}
      >
        {isWhole ? (
          <p className={styles["window"]}>{draw(0, tokens.length)}</p>
        ) : (
          <>
            <div className={styles["before"]}>
              <span>{draw(0, peak)}</span>
            </div>
            <div>{draw(peak, peak + 1)}</div>
            <div className={styles["after"]}>{draw(peak + 1, tokens.length)}</div>
          </>
        )}
        <span className={classNames(styles["activation"], pointed !== null && pointed !== peak && styles["pointed"])} aria-live="polite">
          {activationWords(activation)}
        </span>
        <span className={styles["facts"]}>
          {example.domain !== null && <DomainMark name={example.domain} order={domainOrder} />}
          {example.duplicates > 0 && (
            <span
              className="tiny dim"
              title={`${formatPlural(example.duplicates, "context")} with the same ${kind.plural} around the peak`}
            >
              +{example.duplicates}
            </span>
          )}
        </span>
        <button
          type="button"
          className={`bare ${styles["expand"]}`}
          aria-expanded={isWhole}
          aria-label={isWhole ? "Fold the window" : "The whole window"}
          onClick={() => onIsWholeChange(!isWhole)}
        >
          <Chevron size={13} aria-hidden="true" />
        </button>
      </div>
      {isWhole && children}
    </div>
  );
}
