"use client";
import { classNames } from "@/components/ui/class-names";
import { type Ramp, rampColour } from "./ramp";
import styles from "./token-strips.module.css";

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
  readonly pointed: number | null;
  readonly onPoint: (token: number | null) => void;
};

/** Values of each token as rows of cells under its text, wrapped like the text itself. */
export function TokenStrips({ tokens, strips, pointed, onPoint }: TokenStripsProps) {
  return (
    <div className={styles["strips"]}>
      <span className={styles["head"]} aria-hidden="true">
        <b> </b>
        {strips.map((strip) => (
          <span key={strip.key}>{strip.short}</span>
        ))}
      </span>
      {tokens.map((token, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens stand where they stand
          key={index}
          type="button"
          className={classNames(styles["token"], index === pointed && styles["pointed"])}
          aria-label={`Token ${index + 1}: ${token}`}
          onPointerEnter={() => onPoint(index)}
          onFocus={() => onPoint(index)}
        >
          <b>{shownToken(token)}</b>
          {strips.map((strip) => {
            const value = strip.values[index] ?? null;
            return (
              <i
                key={strip.key}
                className={value === null ? styles["none"] : undefined}
                style={value === null ? undefined : { background: cellColour(value, strip) }}
              />
            );
          })}
        </button>
      ))}
    </div>
  );
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
