"use client";
import { useState } from "react";
import { RampKey } from "@/components/plots/ramp-key";
import { shownToken, TokenStrips } from "@/components/plots/token-strips";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { saveFile } from "@/components/ui/save-file";
import { Segmented } from "@/components/ui/segmented";
import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";
import { formatFixed, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { armNames, type Generation } from "./generation";
import styles from "./generation.module.css";
import { generationCsv } from "./generation-csv";
import { type NamedStrip, stripsOf } from "./strips-of";

type StripPanelProps = {
  readonly generation: Generation;
  readonly nameOf: (latent: LatentRef) => string;
  readonly colourMaxOf: (latent: LatentRef) => number;
};

/** One arm token by token: how far it is from the others, which latents fired, how much the edits injected. */
export function StripPanel({ generation, nameOf, colourMaxOf }: StripPanelProps) {
  const [wanted, setWanted] = useState<ArmName>("edited");
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = armNames.filter((name) => (generation.arms[name]?.tokens.length ?? 0) > 0);
  const arm = shown.includes(wanted) ? wanted : shown.at(-1);
  if (arm === undefined) return null;
  const tokens = generation.arms[arm]?.tokens ?? [];
  const strips = stripsOf(arm, tokens, generation.watched, nameOf, colourMaxOf);
  const at = pointed === null ? null : (tokens[pointed] ?? null);
  return (
    <Panel
      title="Token by token"
      aside={
        <>
          <Segmented
            label="Arm"
            value={arm}
            onValueChange={setWanted}
            options={shown.map((name) => ({ value: name, label: armTitles[name] }))}
          />
          <Button
            look="quiet"
            title="Every token of every arm"
            onClick={() => saveFile("generation.csv", generationCsv(generation), "text/csv")}
          >
            CSV
          </Button>
        </>
      }
    >
      <div className={styles["keys"]}>
        {strips.map((strip) => (
          <span key={strip.key}>
            {strip.short}&ensp;{strip.name}{" "}
            <RampKey
              ramp={strip.ramp}
              max={topOf(strip)}
              isSigned={strip.ramp === "act" && strip.values.some((value) => (value ?? 0) < 0)}
            />
          </span>
        ))}
      </div>
      <TokenStrips tokens={tokens.map((token) => token.text)} strips={strips} pointed={pointed} onPoint={setPointed} />
      <div className={styles["readout"]} aria-live="polite">
        {at === null || pointed === null ? (
          <span className="dim">
            Point at a token to read its numbers. An empty cell was not measured: there the arms have read different texts.
          </span>
        ) : (
          <ReadOut token={at} position={pointed} strips={strips} />
        )}
      </div>
    </Panel>
  );
}

const armTitles: Record<ArmName, string> = { base: "Base", adapter: "Adapter", edited: "Edited" };

function topOf(strip: NamedStrip): string {
  if (strip.ramp === "kl") return `${strip.max} nats`;
  return strip.ramp === "worse" ? formatPercent(strip.max, 0) : formatSignificant(strip.max);
}

function ReadOut({
  token,
  position,
  strips,
}: {
  readonly token: GeneratedToken;
  readonly position: number;
  readonly strips: readonly NamedStrip[];
}) {
  return (
    <>
      <span>
        <b className="strong mono">{shownToken(token.text)}</b> token {position + 1}
      </span>
      <span>log p {formatFixed(token.logProbability, 2)}</span>
      {strips.map((strip) => {
        const value = strip.values[position] ?? null;
        return (
          <span key={strip.key}>
            {strip.name}: {value === null ? notMeasured : strip.ramp === "worse" ? formatPercent(value, 1) : formatFixed(value, 2)}
          </span>
        );
      })}
    </>
  );
}
