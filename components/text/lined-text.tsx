"use client";
import { type ComponentProps, useDeferredValue, useMemo, useRef } from "react";
import { LatentName } from "@/components/latents/latent-name";
import { rampColour } from "@/components/plots/ramp";
import { classNames } from "@/components/ui/class-names";
import type { ModuleReading } from "./module-reading";
import type { RankedLatent, Span } from "./rank-latents";
import styles from "./text.module.css";
import { useTokenLines } from "./token-lines";
import { activationsOf } from "./token-sums";
import { TokenText } from "./token-text";
import { nameOfRanked } from "./use-listed-rows";

/** What lines and rows share: pointing at one colours the text by its latent, a click pins it. */
export type LatentPointing = {
  readonly pinned: string | null;
  readonly onPoint: (latent: RankedLatent | null) => void;
  readonly onPin: (latent: RankedLatent) => void;
};

type LinedTextProps = ComponentProps<typeof TokenText> & {
  /** The latent that ranks first in a span. */
  readonly strongestIn: (span: Span) => RankedLatent | null;
  readonly colourMaxOf: (reading: ModuleReading) => number;
  readonly labelOf: (name: string) => string;
  readonly pointing: LatentPointing;
};

const noStrip = "var(--sunken)";

/** A text token by token, and under each line the strip of the latent that ranks first in it, named beside the line. */
export function LinedText({ tokens, strongestIn, colourMaxOf, labelOf, pointing, ...text }: LinedTextProps) {
  const frame = useRef<HTMLDivElement>(null);
  const lines = useDeferredValue(useTokenLines(frame, tokens.length));
  const first = useMemo(() => lines.map((line) => ({ line, latent: strongestIn(line) })), [lines, strongestIn]);
  const shown = useMemo(() => {
    const strips = tokens.map(() => noStrip);
    for (const { line, latent } of first) {
      if (latent === null) continue;
      const max = colourMaxOf(latent.reading);
      const values = activationsOf(latent.reading, latent.index, tokens.length);
      for (let token = line.from; token <= line.to; token++) {
        const value = values[token] ?? 0;
        if (value !== 0) strips[token] = rampColour(value, max, "act");
      }
    }
    return tokens.map((token, at) => ({ ...token, strip: strips[at] ?? noStrip }));
  }, [tokens, first, colourMaxOf]);
  return (
    <div ref={frame} className={styles["lined"]}>
      <TokenText tokens={shown} {...text} />
      {first.map(({ line, latent }) => {
        if (latent === null) return null;
        const { layer, projection } = latent.reading;
        const name = nameOfRanked(latent);
        const label = labelOf(name);
        return (
          <button
            key={line.from}
            type="button"
            className={classNames("bare cut", styles["linename"], pointing.pinned === name && styles["pinned"])}
            style={{ top: line.top }}
            aria-pressed={pointing.pinned === name}
            title={label === "" ? "Ranks first in this line" : label}
            onPointerEnter={() => pointing.onPoint(latent)}
            onPointerLeave={() => pointing.onPoint(null)}
            onFocus={() => pointing.onPoint(latent)}
            onBlur={() => pointing.onPoint(null)}
            onClick={() => pointing.onPin(latent)}
          >
            <LatentName layer={layer} projection={projection} index={latent.index} />
            {label !== "" && <span className="cut dim">{label}</span>}
          </button>
        );
      })}
    </div>
  );
}
