"use client";
import { useDraftEdits } from "@/components/latents/use-add-to-edits";
import { FailedPart } from "@/components/ui/failed-part";
import { Panel } from "@/components/ui/panel";
import type { QueryReading } from "@/components/ui/query-state";
import { Segmented } from "@/components/ui/segmented";
import type { LatentPointing } from "./lined-text";
import type { ModuleReading } from "./module-reading";
import type { RankedLatent, RankMeasure, Span } from "./rank-latents";
import { explainRank, type RankFacts, valueHead } from "./rank-words";
import { RankedRow } from "./ranked-row";
import styles from "./text.module.css";
import { nameOfRanked } from "./use-listed-rows";
import type { LatentWords } from "./use-words";

type RankedPanelProps = {
  readonly runId: string;
  readonly collectionId: string | null;
  readonly ranked: readonly RankedLatent[];
  readonly words: ReadonlyMap<string, LatentWords>;
  readonly wordsReading: QueryReading<unknown>;
  readonly measure: RankMeasure;
  readonly onMeasure: (next: RankMeasure) => void;
  readonly facts: RankFacts;
  readonly span: Span | null;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: string;
  readonly tokens: number;
  /** Counted positions of the collection; 0 without one. */
  readonly positions: number;
  readonly colourMaxOf: (reading: ModuleReading) => number;
  readonly pointing: LatentPointing;
};

/** The latents that matter most in the selected span, over all modules. */
export function RankedPanel(props: RankedPanelProps) {
  const { ranked, words, wordsReading, measure, onMeasure, facts, span, noun, positions, colourMaxOf, pointing, ...place } = props;
  const edits = useDraftEdits(place.runId);
  const largest = Math.abs(ranked[0]?.value ?? 0);
  return (
    <Panel
      title={`What fires ${span === null ? "on the text" : span.from === span.to ? `at token ${span.from + 1}` : `at tokens ${span.from + 1} – ${span.to + 1}`}`}
      isPadded={false}
      aside={
        <Segmented
          label="Ranked by"
          value={measure}
          options={[
            {
              value: "specificity",
              label: "specificity",
              ...(facts.unspecific === null ? {} : { isDisabled: true, title: facts.unspecific }),
            },
            { value: "outputShare", label: "output share" },
            { value: "activation", label: "activation" },
            {
              value: "attribution",
              label: "attribution",
              ...(facts.attributed === null ? { isDisabled: true, title: "Read the text with attribution on" } : {}),
            },
          ]}
          onValueChange={onMeasure}
        />
      }
      foot={`${explainRank(measure, facts)} Hover over a row to colour the text by it; click to pin it.`}
    >
      <div className={styles["ranked"]}>
        <div className={styles["wordsfailed"]}>
          <FailedPart query={wordsReading} failure="Could not load the labels" />
        </div>
        <div className={`tiny dim ${styles["rankhead"]}`} aria-hidden="true">
          <span>{noun}</span>
          <span className={styles["words"]}>label</span>
          <span className={styles["wherehead"]}>where it fires</span>
          <span className={styles["barcell"]} />
          <span className="num">{valueHead(measure, facts)}</span>
          <span className="num">max</span>
          <span className="num">fires</span>
          <span className={`num ${styles["elsewhere"]}`}>density</span>
        </div>
        {ranked.map((latent) => {
          const name = nameOfRanked(latent);
          return (
            <RankedRow
              key={name}
              {...place}
              {...pointing}
              edits={edits}
              latent={latent}
              words={words.get(name)}
              measure={measure}
              largest={largest}
              positions={positions}
              colourMax={colourMaxOf(latent.reading)}
            />
          );
        })}
        {ranked.length === 0 && (
          <p className={styles["none"]}>
            {measure === "specificity"
              ? `No ${noun} fires more here than elsewhere. Rank by output share to see all.`
              : `No active ${noun}s here.`}
          </p>
        )}
      </div>
    </Panel>
  );
}
