"use client";
import { memo, useMemo } from "react";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { LatentName } from "@/components/latents/latent-name";
import { defaultLatentParams } from "@/components/latents/latent-params";
import { addToEdits } from "@/components/latents/use-add-to-edits";
import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";
import type { Edit } from "@/lib/contract/edit";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import type { LatentPointing } from "./lined-text";
import type { RankedLatent, RankMeasure } from "./rank-latents";
import { writeValue } from "./rank-words";
import styles from "./text.module.css";
import { activationsOf } from "./token-sums";
import { nameOfRanked, refOfRanked } from "./use-listed-rows";
import type { LatentWords } from "./use-words";
import { WhereStrip } from "./where-strip";

type RankedRowProps = LatentPointing & {
  readonly runId: string;
  readonly collectionId: string | null;
  /** Those on the run's Steer page. */
  readonly edits: readonly Edit[];
  readonly latent: RankedLatent;
  readonly words: LatentWords | undefined;
  readonly measure: RankMeasure;
  /** The largest value of all rows. */
  readonly largest: number;
  /** Counted positions of the collection. */
  readonly positions: number;
  readonly tokens: number;
  readonly colourMax: number;
};

/** The id of the row's button, which takes the focus. */
export function rowId(latent: Pick<RankedLatent, "reading" | "index">): string {
  return `latent-${latent.reading.module}-${latent.index}`;
}

/** A latent that fires: pointing at it colours the text by it, a click keeps it so. */
export const RankedRow = memo(function RankedRow(props: RankedRowProps) {
  const { runId, collectionId, edits, latent, words, measure, largest, positions, tokens, colourMax, pinned, onPoint, onPin } = props;
  const { reading, index, value, activation, firings, firingsKnown } = latent;
  const where = useMemo(() => activationsOf(reading, index, tokens), [reading, index, tokens]);
  const home: LatentHome = { kind: "run", runId };
  const ref = refOfRanked(latent);
  const steer = addToEdits(edits, runId, collectionId, [ref]);
  const isPinned = pinned === nameOfRanked(latent);
  const width = largest === 0 ? 0 : (100 * Math.abs(value)) / largest;
  return (
    <div
      className={classNames(styles["rank"], isPinned && styles["pinned"])}
      title={`${reading.module} ${index}`}
      onPointerEnter={() => onPoint(latent)}
      onPointerLeave={() => onPoint(null)}
    >
      <button
        type="button"
        id={rowId(latent)}
        className={`bare ${styles["pick"]}`}
        aria-pressed={isPinned}
        onFocus={() => onPoint(latent)}
        onBlur={() => onPoint(null)}
        onClick={() => onPin(latent)}
      >
        <LatentName layer={reading.layer} projection={reading.projection} index={index} />
        <span className={classNames("cut", styles["words"], words?.source === "automatic" && styles["automatic"])}>
          {words?.text ?? ""}
        </span>
        <WhereStrip values={where} max={colourMax} />
        <span className={styles["barcell"]}>
          <span className={classNames("actbar", value < 0 && styles["negative"])} style={{ width: `${width}%` }} />
        </span>
        <span className="num">{writeValue(latent, measure)}</span>
        <span className="num mid">{formatSignificant(activation, 2)}</span>
        <span className="num mid">{formatInteger(firings)}</span>
        <span className={`num dim ${styles["elsewhere"]}`}>
          {firingsKnown === null || positions === 0 ? "" : formatPercent(firingsKnown / positions)}
        </span>
      </button>
      <span className={styles["links"]}>
        {collectionId !== null && (
          <Link className="link" href={latentHrefIn(home, ref, { ...defaultLatentParams, collectionId })} prefetch={false}>
            Open
          </Link>
        )}
        <Link className="link" href={steer.href} title={steer.title} prefetch={false}>
          {steer.label}
        </Link>
      </span>
    </div>
  );
});
