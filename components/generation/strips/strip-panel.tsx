"use client";
import { Download } from "lucide-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { type ArmLooks, textOf, titleOf } from "@/components/generation/arm-titles";
import styles from "@/components/generation/generation.module.css";
import { ReservedRoom } from "@/components/generation/reserved-room";
import { armNames, expectedTokens, type Generation } from "@/components/generation/takes/generation";
import { generationCsv } from "@/components/generation/takes/generation-csv";
import { RampKey } from "@/components/plots/ramp-key";
import { TokenStrips } from "@/components/plots/token-strips";
import { nextPosition } from "@/components/plots/use-position-keys";
import { IconButton } from "@/components/ui/icon-button";
import { Panel } from "@/components/ui/panel";
import { saveFile } from "@/components/ui/save-file";
import { Segmented } from "@/components/ui/segmented";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { ArmName } from "@/lib/contract/generate";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import type { OwnRange } from "./own-range";
import { type LatentLooks, mostLatentRows, type NamedStrip, stripsOf } from "./strips-of";
import { TokenReadOut } from "./token-read-out";

type StripPanelProps = {
  readonly generation: Generation;
  readonly looks: ArmLooks;
  readonly latents: LatentLooks;
  /** Beyond it tokens are marked; null where it was not measured. */
  readonly range: OwnRange | null;
  /** What fired at a token, once it is chosen; `onClose` lets it go. */
  readonly renderFired: (place: FiredPlace) => ReactNode;
};

/** A token that was chosen, and its element. */
export type FiredPlace = {
  readonly arm: ArmName;
  readonly position: number;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
};

/** A token that was clicked, of what was then shown. */
type Chosen = { readonly request: Generation["request"]; readonly position: number; readonly anchor: HTMLElement };

/** A text token by token: how far the arms are from each other, which latents fired, how much the edits injected. */
export function StripPanel({ generation, looks, latents, range, renderFired }: StripPanelProps) {
  const [wanted, setWanted] = useState<ArmName>("edited");
  const [pointed, setPointed] = useState<number | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [mostLatents, setMostLatents] = useState(mostLatentRows);
  const { request, status } = generation;
  const forced = request?.forced;
  const isRunning = status === "running";
  const shown = armNames.filter((name) => generation.arms[name] !== null);
  const arm = forced === undefined ? (shown.includes(wanted) ? wanted : shown.at(-1)) : readBy(forced, shown);
  const tokens = arm === undefined ? undefined : generation.arms[arm]?.tokens;
  const otherName = titleOf("other", looks);
  const { nameOf, colourMaxOf } = latents;
  const strips = useMemo(
    () => (arm === undefined ? [] : stripsOf(generation, arm, { nameOf, colourMaxOf }, { otherName, range, mostLatents })),
    [generation, arm, nameOf, colourMaxOf, otherName, range, mostLatents],
  );
  const marked = useMemo(() => {
    const hasNorm = forced !== undefined || arm === "edited";
    const edited = hasNorm ? (generation.arms.edited?.tokens ?? []) : [];
    return range === null ? [] : edited.map((token) => (token.injectedNorm ?? 0) > range.most);
  }, [generation, forced, arm, range]);
  const texts = useMemo(() => (tokens ?? []).map(shownAlone), [tokens]);
  const point = useCallback((token: number | null) => setPointed(token), []);
  const choose = useCallback((position: number, anchor: HTMLElement) => setChosen({ request, position, anchor }), [request]);
  const move = (event: KeyboardEvent) => setPointed((from) => nextPosition(event.key, from, texts.length));
  useShortcuts(texts.length === 0 ? {} : { ArrowLeft: move, ArrowRight: move });
  if (arm === undefined || tokens === undefined || (tokens.length === 0 && !isRunning)) return null;
  const at = pointed !== null && pointed < tokens.length ? pointed : null;
  return (
    <Panel
      title="Token by token"
      aside={
        <>
          {forced === undefined ? (
            <Segmented
              label="Whose text"
              value={arm}
              onValueChange={(name) => {
                setWanted(name);
                setChosen(null);
              }}
              options={shown.map((name) => ({ value: name, label: titleOf(name, looks) }))}
            />
          ) : (
            <span className="small dim">forced on {"by" in forced ? textOf(forced.by, looks) : "a given text"}</span>
          )}
          <IconButton
            label="Every token of every arm as CSV"
            onClick={() => saveFile("generation.csv", generationCsv(generation), "text/csv")}
          >
            <Download size={14} aria-hidden="true" />
          </IconButton>
        </>
      }
    >
      <Legend strips={strips} range={range} hasMarks={marked.some(Boolean)} />
      <LatentCount count={generation.watched.length} most={mostLatents} onMost={setMostLatents} />
      <ReservedRoom expected={isRunning ? expectedTokens(generation) : null} lineHeight={32 + 10 * strips.length}>
        <TokenStrips tokens={texts} strips={strips} marked={marked} pointed={at} onPoint={point} onChoose={choose} />
      </ReservedRoom>
      {chosen !== null &&
        chosen.request === request &&
        chosen.position < tokens.length &&
        renderFired({ arm, position: chosen.position, anchor: chosen.anchor, onClose: () => setChosen(null) })}
      <div className={styles["readout"]} aria-live="polite">
        {at === null ? (
          <span className="dim">
            Hover over a token, or press ← or →, for its numbers; click it to see what fired there.{" "}
            {forced === undefined && " Empty cells were not measured, because the arms’ texts differ there."}
          </span>
        ) : (
          <TokenReadOut generation={generation} arm={arm} position={at} looks={looks} latents={latents} mostLatents={mostLatents} />
        )}
      </div>
    </Panel>
  );
}

/** The arm whose tokens are the text: all have the same. */
function readBy(forced: NonNullable<NonNullable<Generation["request"]>["forced"]>, shown: readonly ArmName[]): ArmName | undefined {
  if ("by" in forced && shown.includes(forced.by)) return forced.by;
  return shown[0];
}

function Legend({
  strips,
  range,
  hasMarks,
}: {
  readonly strips: readonly NamedStrip[];
  readonly range: OwnRange | null;
  readonly hasMarks: boolean;
}) {
  return (
    <div className={styles["keys"]}>
      {strips.map((strip, index) => {
        const isScaleShown = strips.slice(0, index).some((before) => before.ramp === strip.ramp && before.max === strip.max);
        return (
          <span key={strip.key}>
            {strip.short}&ensp;{strip.name}{" "}
            {isScaleShown ? (
              <span className="dim">(same scale)</span>
            ) : (
              <RampKey
                ramp={strip.ramp}
                max={topOf(strip)}
                isSigned={strip.ramp === "act" && strip.values.some((value) => (value ?? 0) < 0)}
              />
            )}
          </span>
        );
      })}
      {hasMarks && range !== null && (
        <span>
          <i className={styles["beyond"]} aria-hidden="true" /> outside the adapter’s own range, {formatPercent(range.most, 0)}
        </span>
      )}
    </div>
  );
}

type LatentCountProps = { readonly count: number; readonly most: number; readonly onMost: (most: number) => void };

/** How many of many watched latents have rows, and the way to the others. */
function LatentCount({ count, most, onMost }: LatentCountProps) {
  if (count <= mostLatentRows) return null;
  const isWhole = most >= count;
  return (
    <p className="note">
      {isWhole
        ? `All ${formatInteger(count)} latents.`
        : `The first ${formatInteger(most)} of ${formatInteger(count)} latents; the CSV has all.`}{" "}
      <button type="button" className="bare link" onClick={() => onMost(isWhole ? mostLatentRows : count)}>
        {isWhole ? `Show the first ${formatInteger(mostLatentRows)}` : `Show all ${formatInteger(count)}`}
      </button>
    </p>
  );
}

function topOf(strip: NamedStrip): string {
  if (strip.unit === "nats") return `${strip.max} nats`;
  return strip.unit === "share" ? formatPercent(strip.max, 0) : formatSignificant(strip.max);
}
