"use client";
import Link from "next/link";
import { useEffect, useState } from "react";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { LatentName } from "@/components/latents/latent-name";
import { readLatentParams } from "@/components/latents/latent-params";
import { formatNats } from "@/components/latents/range-words";
import { steerHref } from "@/components/latents/steer-href";
import { classNames } from "@/components/ui/class-names";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRow } from "@/lib/contract/latent";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import type { RankedLatent, RankMeasure, Span } from "./rank-latents";
import styles from "./text.module.css";
import { nameOfLatent, useListedRows } from "./use-listed-rows";

/** The text's own loss, the loss of one class, or a regression's number. */
export type Attributed = { readonly kind: "text" | "number" } | { readonly kind: "class"; readonly name: string };

type RankedPanelProps = {
  readonly runId: string;
  readonly collectionId: string | null;
  readonly ranked: readonly RankedLatent[];
  readonly measure: RankMeasure;
  readonly onMeasure: (next: RankMeasure) => void;
  /** What attributions are of; null where there are none. */
  readonly attributed: Attributed | null;
  readonly span: Span | null;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: string;
  /** Whether activations are compared in units of their module's p99.9. */
  readonly isScaled: boolean;
  readonly shownLatent: string | null;
  readonly onShow: (latent: RankedLatent) => void;
};

const params = readLatentParams(new URLSearchParams());

/** The latents that matter most in the selected span, over all modules. */
export function RankedPanel(props: RankedPanelProps) {
  const { runId, collectionId, ranked, measure, onMeasure, attributed, span, noun, isScaled, shownLatent, onShow } = props;
  const settled = useSettled(ranked, 250);
  const rows = useListedRows(
    collectionId,
    settled.map(({ reading, index }) => ({ module: reading.module, index })),
  );
  const home: LatentHome = { kind: "run", runId };
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
            { value: "outputShare", label: "output share" },
            { value: "activation", label: "activation" },
            {
              value: "attribution",
              label: "attribution",
              isDisabled: attributed === null,
              ...(attributed !== null ? {} : { title: "Read the text with attribution on" }),
            },
          ]}
          onValueChange={onMeasure}
        />
      }
      foot={<>{explained(measure, isScaled, attributed)} Ranked by size, whatever the sign. Click a row to colour the text by it.</>}
    >
      <div className={styles["ranked"]}>
        <div className={classNames("columns middle gap-8", styles["rankhead"], "tiny dim")} aria-hidden="true">
          <span>{noun}</span>
          <span />
          <span className="num">{measure === "attribution" && attributed?.kind === "number" ? "number" : columnNames[measure]}</span>
          <span className="num">max</span>
          <span className="num">fires</span>
        </div>
        {ranked.map((latent) => {
          const name = nameOfLatent({ module: latent.reading.module, index: latent.index });
          return (
            <RankedRow
              key={name}
              latent={latent}
              row={rows.get(name)}
              measure={measure}
              largest={largest}
              isShown={shownLatent === name}
              onShow={() => onShow(latent)}
              href={latentHrefIn(home, { module: latent.reading.module, index: latent.index }, { ...params, collectionId })}
              steer={steerHref(runId, collectionId, [{ module: latent.reading.module, index: latent.index }])}
              hasStatistics={collectionId !== null}
            />
          );
        })}
        {ranked.length === 0 && <p className={styles["none"]}>No active {noun}s here.</p>}
      </div>
    </Panel>
  );
}

type RankedRowProps = {
  readonly latent: RankedLatent;
  readonly row: LatentRow | undefined;
  readonly measure: RankMeasure;
  readonly largest: number;
  readonly isShown: boolean;
  readonly onShow: () => void;
  readonly href: string;
  readonly steer: string;
  readonly hasStatistics: boolean;
};

function RankedRow({ latent, row, measure, largest, isShown, onShow, href, steer, hasStatistics }: RankedRowProps) {
  const { reading, index, value, activation, firings } = latent;
  const width = largest === 0 ? 0 : (100 * Math.abs(value)) / largest;
  const label = row?.label?.text ?? "";
  const words = label === "" && row !== undefined ? automaticLabel(row, positionKinds.token) : "";
  return (
    <div className={classNames(styles["rank"], isShown && styles["shown"])} title={`${reading.module} ${index}`}>
      <button type="button" className={`bare columns middle gap-8 ${styles["pick"]}`} aria-pressed={isShown} onClick={onShow}>
        <LatentName layer={reading.layer} projection={reading.projection} index={index} />
        <span className={styles["barcell"]}>
          <span className={classNames("actbar", value < 0 && styles["negative"])} style={{ width: `${width}%` }} />
        </span>
        <span className="num">{writeValue(latent, measure)}</span>
        <span className="num mid">{formatSignificant(activation, 2)}</span>
        <span className="num dim">{formatInteger(firings)}</span>
      </button>
      <span className={styles["about"]}>
        <span className={label === "" ? `dim cut ${styles["automatic"]}` : "mid cut"}>{label === "" ? words : label}</span>
        <span className={styles["links"]}>
          {hasStatistics && (
            <Link className="link" href={href} prefetch={false}>
              open
            </Link>
          )}
          <Link className="link" href={steer} prefetch={false}>
            steer
          </Link>
        </span>
      </span>
    </div>
  );
}

const columnNames: Record<RankMeasure, string> = { activation: "activation", outputShare: "share", attribution: "nats" };

function writeValue({ value, activation, outputShare, attribution }: RankedLatent, measure: RankMeasure): string {
  switch (measure) {
    case "activation":
      return value === activation ? formatSignificant(value) : `× ${formatSignificant(value, 2)}`;
    case "outputShare":
      return formatPercent(outputShare);
    case "attribution":
      return attribution === null ? "" : formatNats(attribution);
  }
}

function explained(measure: RankMeasure, isScaled: boolean, attributed: Attributed | null): string {
  switch (measure) {
    case "activation":
      return isScaled
        ? "Largest activation in the span over the 99.9th percentile of its module, so that modules can be compared."
        : "Largest activation in the span, in its module’s own units.";
    case "outputShare":
      return "Mean over the span’s tokens of the share that it has in its module’s update, ⟨c, Δ⟩ / ‖Δ‖².";
    case "attribution":
      return `Sum over the span of ${attributionWords(attributed)} if it were ablated, first order.`;
  }
}

function attributionWords(attributed: Attributed | null): string {
  if (attributed?.kind === "number") return "−a·∂y/∂a: about how much the number y would rise";
  if (attributed?.kind === "class") return `−a·∂L/∂a, L = −log p(${attributed.name}): about how much that loss would rise`;
  return "−a·∂L/∂a: about how much the text’s loss would rise";
}

/** What `ranked` shows once it has stood still: while a span is dragged nothing is fetched. */
function useSettled(ranked: readonly RankedLatent[], milliseconds: number): readonly RankedLatent[] {
  const [settled, setSettled] = useState<readonly RankedLatent[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(ranked), milliseconds);
    return () => clearTimeout(timer);
  }, [ranked, milliseconds]);
  return settled;
}
