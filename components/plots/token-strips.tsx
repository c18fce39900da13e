"use client";
import { memo } from "react";
import { ByteText } from "@/components/ui/byte-text";
import { classNames } from "@/components/ui/class-names";
import { LineLabels } from "./line-labels";
import { chunksOf, isSameWithin } from "./position-chunks";
import { type Ramp, rampColour } from "./ramp";
import styles from "./token-strips.module.css";
import { usePositionKeys } from "./use-position-keys";

export type Strip = {
  readonly key: string;
  /** Written before the strips; the legend above says what it stands for. */
  readonly short: string;
  readonly ramp: Ramp;
  readonly max: number;
  /** A value a token; null is not measured. */
  readonly values: readonly (number | null)[];
};

type TokenStripsProps = {
  readonly tokens: readonly string[];
  readonly strips: readonly Strip[];
  /** Tokens that are underlined as an exception; the legend says which. */
  readonly marked?: readonly boolean[];
  readonly pointed: number | null;
  readonly onPoint: (token: number | null) => void;
  /** A token was clicked, or Enter was pressed on it. */
  readonly onChoose?: (token: number, element: HTMLElement) => void;
};

const textHeight = 22;
const cellHeight = 8;
const cellGap = 2;
const markHeight = 3;

/**
 * Values of each token as rows of cells under its text, wrapped like the text itself. The arrow keys go from token to token. Only what changed is drawn
 * again, so that tokens can be added many times a second.
 */
export function TokenStrips({ tokens, strips, marked = [], pointed, onPoint, onChoose }: TokenStripsProps) {
  const keys = usePositionKeys(tokens.length, pointed, onPoint);
  const labels = (
    <span className={styles["names"]}>
      {strips.map((strip) => (
        <span key={strip.key}>{strip.short}</span>
      ))}
    </span>
  );
  const lineHeight = textHeight + strips.length * (cellHeight + cellGap) + markHeight;
  return (
    <div {...keys}>
      <LineLabels labels={labels} lineHeight={lineHeight} lineGap={7}>
        {chunksOf(tokens.length).map(({ from, to }) => (
          <Chunk
            key={from}
            from={from}
            to={to}
            tokens={tokens}
            strips={strips}
            marked={marked}
            pointed={pointed !== null && pointed >= from && pointed < to ? pointed : null}
            isEntry={from === 0 && pointed === null}
            onPoint={onPoint}
            onChoose={onChoose}
          />
        ))}
      </LineLabels>
    </div>
  );
}

type ChunkProps = Pick<TokenStripsProps, "tokens" | "strips" | "pointed" | "onPoint"> & {
  readonly from: number;
  readonly to: number;
  readonly marked: readonly boolean[];
  /** The first token takes the focus while none is pointed at. */
  readonly isEntry: boolean;
  readonly onChoose: ((token: number, element: HTMLElement) => void) | undefined;
};

const Chunk = memo(function Chunk({ from, to, tokens, strips, marked, pointed, isEntry, onPoint, onChoose }: ChunkProps) {
  return tokens.slice(from, to).map((token, offset) => {
    const index = from + offset;
    return (
      <button
        key={index}
        type="button"
        data-position={index}
        tabIndex={index === pointed || (isEntry && index === 0) ? 0 : -1}
        className={classNames("bare", styles["token"], index === pointed && styles["pointed"], marked[index] && styles["marked"])}
        aria-label={`Token ${index + 1}: ${token}`}
        onPointerEnter={() => onPoint(index)}
        onFocus={() => onPoint(index)}
        onClick={(event) => onChoose?.(index, event.currentTarget)}
      >
        <b>
          <ByteText text={shownToken(token)} />
        </b>
        <i style={{ height: strips.length * (cellHeight + cellGap), background: cells(strips, index) }} />
      </button>
    );
  });
}, isSameChunk);

function isSameChunk(before: ChunkProps, after: ChunkProps): boolean {
  const { from, to, strips } = after;
  if (before.to !== to || before.pointed !== after.pointed || before.isEntry !== after.isEntry) return false;
  if (before.onPoint !== after.onPoint || before.onChoose !== after.onChoose || before.strips.length !== strips.length) return false;
  if (!isSameWithin(before.tokens, after.tokens, from, to) || !isSameWithin(before.marked, after.marked, from, to)) return false;
  return strips.every((strip, index) => {
    const other = before.strips[index];
    if (other === undefined || other.key !== strip.key || other.max !== strip.max) return false;
    return isSameWithin(other.values, strip.values, from, to);
  });
}

/** All cells of a token as one background: a layer a strip, none where nothing was measured. */
function cells(strips: readonly Strip[], index: number): string {
  const layers = strips.flatMap((strip, row) => {
    const value = strip.values[index] ?? null;
    if (value === null) return [];
    const colour = cellColour(value, strip);
    const top = row * (cellHeight + cellGap) + cellGap;
    return [`linear-gradient(${colour} 0 0) 0 ${top}px / 100% ${cellHeight}px no-repeat`];
  });
  return layers.length === 0 ? "none" : layers.join(", ");
}

function cellColour(value: number, strip: Strip): string {
  const colour = rampColour(value, strip.max, strip.ramp);
  return colour === "transparent" ? "var(--sunken)" : colour;
}

/** A token as it can be seen alone: breaks and tabs by their signs, nothing as a dot. */
export function shownToken(text: string): string {
  if (text === "") return "∅";
  return text.replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}
