"use client";
import { useMemo, useState } from "react";
import { VisibleToken } from "@/components/latents/token-chip";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { ProgressLine } from "@/components/ui/progress";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatFixed, formatInteger, formatPlural, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { type LatentPointing, LinedText } from "./lined-text";
import type { ModuleReading } from "./module-reading";
import type { TokenSelection } from "./move-span";
import type { RankedLatent, Span } from "./rank-latents";
import { type ShadingLatent, shadeText, shownTokens } from "./shown-tokens";
import styles from "./text.module.css";
import type { Shading } from "./text-address";
import { TokensPanel } from "./tokens-panel";
import type { Reading } from "./use-reading";

type ReadPanelProps = {
  readonly reading: Reading;
  readonly shading: Shading;
  readonly onShading: (next: Shading) => void;
  /** The latent whose activation may colour the text, and its name. */
  readonly latent: (ShadingLatent & { readonly name: string }) | null;
  readonly selection: TokenSelection | null;
  readonly span: Span | null;
  readonly onSelection: (next: TokenSelection | null) => void;
  /** The latent that ranks first in a span. */
  readonly strongestIn: (span: Span) => RankedLatent | null;
  readonly colourMaxOf: (reading: ModuleReading) => number;
  readonly labelOf: (name: string) => string;
  readonly pointing: LatentPointing;
  readonly onRetry: () => void;
};

/** The text that was read, token by token. */
export function ReadPanel(props: ReadPanelProps) {
  const { reading, shading, onShading, latent, selection, span, onSelection, onRetry, ...lines } = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const shaded = useMemo(() => shadeText(reading, shading, latent), [reading, shading, latent]);
  const tokens = useMemo(() => shownTokens(reading, shaded), [reading, shaded]);
  const hasAttribution = reading.readings.some(({ attributions }) => attributions !== null);
  const shadings: { value: Shading; label: string }[] = [
    ...(reading.answer === null ? [{ value: "loss", label: "loss" } as const] : []),
    ...(hasAttribution || shading === "attribution" ? [{ value: "attribution", label: "Σ |attribution|" } as const] : []),
    { value: "outputShare", label: "Σ |output share|" },
    ...(latent === null ? [] : [{ value: "latent", label: `activation of ${latent.name}` } as const]),
  ];
  return (
    <TokensPanel
      title="Tokens"
      count={reading.tokens.length}
      shading={shading}
      shadings={shadings}
      onShading={onShading}
      scale={shaded}
      foot={<Facts reading={reading} token={pointed ?? selection?.head ?? null} value={shaded.values} unit={shaded.unit} />}
    >
      <div className="stack">
        {reading.status === "running" && (
          <ProgressLine
            label="Reading the text"
            done={reading.readings.length}
            total={reading.tokens.length === 0 ? null : reading.modules}
            head={<span className="mid">{reading.tokens.length === 0 ? "Queued" : "Reading"}</span>}
            facts={
              reading.tokens.length === 0
                ? "loading the model if it is not in memory yet"
                : `${formatInteger(reading.readings.length)} of ${formatPlural(reading.modules, "module")}`
            }
          />
        )}
        {reading.error !== null && (
          <ErrorNote title="Reading was interrupted" actions={<Button onClick={onRetry}>Retry</Button>}>
            {reading.error}
            {reading.readings.length > 0
              ? ` Results cover ${formatInteger(reading.readings.length)} of ${formatPlural(reading.modules, "module")}.`
              : ""}
          </ErrorNote>
        )}
        {reading.status === "stopped" && reading.readings.length < reading.modules && (
          <ErrorNote tone="info" title="Stopped">
            Results cover {formatInteger(reading.readings.length)} of {formatPlural(reading.modules, "module")}.
          </ErrorNote>
        )}
        {reading.isTruncated && (
          <ErrorNote tone="warn" title={`Only the first ${formatInteger(reading.tokens.length)} tokens were read`}>
            The rest was truncated.
          </ErrorNote>
        )}
        <div className={styles["textbox"]}>
          <LinedText tokens={tokens} selection={selection} span={span} onSelection={onSelection} onPoint={setPointed} {...lines} />
        </div>
      </div>
    </TokensPanel>
  );
}

type FactsProps = {
  readonly reading: Reading;
  readonly token: number | null;
  readonly value: readonly (number | null)[];
  readonly unit: string;
};

/** The token that is pointed at, or how to select. One line, whichever it is. */
function Facts({ reading, token, value, unit }: FactsProps) {
  const here = token === null ? undefined : reading.tokens[token];
  if (here === undefined || token === null) {
    return (
      <span className={styles["facts"]}>
        Drag over tokens to select a span, or click one; Shift extends. With no selection, the whole text counts.
      </span>
    );
  }
  const shown = value[token] ?? null;
  return (
    <span className={styles["facts"]}>
      <span>
        token {formatInteger(token + 1)} <VisibleToken text={shownAlone(here)} />
      </span>
      {reading.answer === null ? (
        <span>loss {here.loss === null ? `${notMeasured} (the first token)` : `${formatFixed(here.loss, 3)} nats`}</span>
      ) : null}
      {shown !== null && unit !== "nats" && (
        <span>{unit === "" ? `activation ${formatSignificant(shown)}` : `${formatSignificant(shown)} ${unit}`}</span>
      )}
    </span>
  );
}
