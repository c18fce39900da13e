"use client";
import { useState } from "react";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { LatentName } from "@/components/latents/latent-name";
import type { LatentParams } from "@/components/latents/latent-params";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { wholeLatentKey } from "@/lib/contract/latent-key";
import { formatFixed, formatInteger, formatPlural } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type RelatedPanelProps = {
  readonly home: LatentHome;
  readonly detail: LatentDetail;
  readonly collection: CollectionSummary;
  readonly params: LatentParams;
  readonly noun: string;
  /** Whether it fires everywhere, and so with every other. */
  readonly isDense: boolean;
};
type Related = LatentDetail["related"]["decoder"][number];
type Relation = "decoder" | "encoder" | "firesWith";

/** Latents that are near by their vectors, or fire at the same positions. */
export function RelatedPanel({ home, detail, collection, params, noun, isDense }: RelatedPanelProps) {
  const { related } = detail;
  const [wanted, setWanted] = useState<Relation>("decoder");
  const shown = related[wanted];
  return (
    <Panel
      title={`Related ${noun}s`}
      level={3}
      fold="By decoder, encoder and firings"
      aside={
        <Segmented
          label="Related by"
          value={wanted}
          options={[
            { value: "decoder", label: "Decoder" },
            { value: "encoder", label: "Encoder" },
            ...(isDense ? [] : [{ value: "firesWith" as const, label: "Fires with" }]),
          ]}
          onValueChange={setWanted}
        />
      }
    >
      {shown.length === 0 ? (
        <p className="note">{whyNone(wanted, related.sampled)}</p>
      ) : (
        <>
          <table className={styles["list"]}>
            <tbody>
              {shown.map((one) => {
                const module = collection.modules.find(({ name }) => name === one.module);
                return (
                  <tr key={`${one.module} ${one.index}`} title={titleOf(one)}>
                    <td>
                      <Link href={latentHrefIn(home, one, params)} prefetch={false} className={styles["name"]}>
                        <LatentName layer={module?.layer ?? 0} projection={module?.projection ?? one.module} index={one.index} />
                      </Link>
                    </td>
                    <td className={styles["labelcell"]}>
                      {one.label !== null ? (
                        <span className="mid cut">{one.label}</span>
                      ) : (
                        <span className="dim cut">
                          <i>{one.automaticLabel || "no label"}</i>
                        </span>
                      )}
                    </td>
                    <td className="num">{formatFixed(one.value, 2)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p className="note">{explained(wanted, related.sampled)}</p>
        </>
      )}
    </Panel>
  );
}

function titleOf(one: Related & { readonly together?: number }): string {
  const together = one.together === undefined ? "" : `together at ${formatPlural(one.together, "sampled position")}`;
  const words = one.label ?? (one.automaticLabel === "" ? "" : `${one.automaticLabel} (automatic)`);
  return [wholeLatentKey(one), words, together].filter((part) => part !== "").join("; ");
}

function explained(relation: Relation, sampled: number): string {
  switch (relation) {
    case "decoder":
      return "Cosine of decoder columns, over modules of equal output width.";
    case "encoder":
      return "Cosine of encoder rows, over modules of equal input width.";
    case "firesWith":
      return `Normalised pointwise mutual information, in this module, over ${formatInteger(sampled)} sampled positions.`;
  }
}

function whyNone(relation: Relation, sampled: number): string {
  if (relation === "firesWith")
    return sampled === 0 ? "No co-firing was sampled." : `No co-firing at ${formatInteger(sampled)} sampled positions.`;
  return `Its ${relation} is unknown.`;
}
