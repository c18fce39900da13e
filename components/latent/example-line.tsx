"use client";
import { ChevronDown, ChevronUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { rampColour } from "@/components/plots/ramp";
import { DomainMark } from "@/components/shell/domain-mark";
import { classNames } from "@/components/ui/class-names";
import type { LatentExample } from "@/lib/contract/latent";
import { formatInteger, formatPlural, formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type ExampleLineProps = {
  readonly example: LatentExample;
  readonly colourMax: number;
  /** Wrapped over several lines, so that all of the window is read. */
  readonly isWhole: boolean;
  readonly onIsWholeChange: (isWhole: boolean) => void;
  readonly domainOrder: number;
  /** Under a whole window: more of the text. */
  readonly children?: ReactNode;
};

/** One firing in its text. The token under the pointer, or chosen with the arrow keys, says its activation at the right, in place of the peak's. */
export function ExampleLine({ example, colourMax, isWhole, onIsWholeChange, domainOrder, children }: ExampleLineProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { tokens, peak } = example;
  const activation = pointed === null ? example.activation : (tokens[pointed]?.activation ?? 0);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter") onIsWholeChange(!isWhole);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const by = event.key === "ArrowRight" ? 1 : -1;
      setPointed((before) => Math.min(tokens.length - 1, Math.max(0, (before ?? peak) + by)));
    } else return;
    event.preventDefault();
  };
  const draw = (from: number, to: number) => (
    <Tokens tokens={tokens} from={from} to={to} peak={peak} colourMax={colourMax} pointed={pointed} onPoint={setPointed} />
  );
  const Chevron = isWhole ? ChevronUp : ChevronDown;
  return (
    <div className={styles["entry"]}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups tokens */}
      <div
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read it token by token
        tabIndex={0}
        aria-label={`Example of activation ${formatSignificant(example.activation)}; arrow keys read its tokens`}
        className={classNames(styles["example"], isWhole && styles["whole"])}
        title={`Row ${formatInteger(example.row)}, token ${formatInteger(example.position)}`}
        onKeyDown={onKeyDown}
        onBlur={() => setPointed(null)}
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
          {activation === 0 ? "0" : formatSignificant(activation)}
        </span>
        <span className={styles["facts"]}>
          {example.domain !== null && <DomainMark name={example.domain} order={domainOrder} />}
          {example.duplicates > 0 && (
            <span className="tiny dim" title={`${formatPlural(example.duplicates, "context")} with the same tokens around the peak`}>
              +{example.duplicates}
            </span>
          )}
        </span>
        <button
          type="button"
          className={styles["expand"]}
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

type TokensProps = {
  /** Without an activation where it is not stored. */
  readonly tokens: readonly { readonly text: string; readonly activation: number | null }[];
  readonly from: number;
  readonly to: number;
  readonly peak: number | null;
  readonly colourMax: number;
  readonly pointed: number | null;
  readonly onPoint: (token: number | null) => void;
};

/** Tokens `from` up to `to` in the colours of their activation; the peak is underlined. */
export function Tokens({ tokens, from, to, peak, colourMax, pointed, onPoint }: TokensProps) {
  return tokens.slice(from, to).map(({ text, activation }, offset) => {
    const place = from + offset;
    // A window in which it never fires has a middle, but no peak.
    const isPeak = place === peak && activation !== 0;
    return (
      <span
        key={place}
        className={classNames(
          styles["token"],
          isPeak && styles["peak"],
          activation !== null && activation !== 0 && styles["fired"],
          activation === null && styles["unknown"],
          place === pointed && styles["here"],
        )}
        style={activation === null || activation === 0 ? undefined : { background: rampColour(activation, colourMax, "act") }}
        title={activation === null ? notMeasured : activation === 0 ? "0" : formatSignificant(activation)}
        onPointerEnter={() => onPoint(place)}
        onPointerLeave={() => onPoint(null)}
      >
        {isPeak && text.trim() === "" ? shownBlank(text) : text.replaceAll("\n", "⏎")}
      </span>
    );
  });
}

/** A firing token that cannot be seen otherwise. */
function shownBlank(text: string): string {
  return text === "" ? "∅" : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "␣");
}
