"use client";
import { useState } from "react";
import { LatentLink } from "@/components/latents/latent-link";
import styles from "@/components/measures/measures.module.css";
import { Button } from "@/components/ui/button";
import type { ForgettingResult } from "@/lib/contract/forgetting";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatInteger, formatSigned } from "@/lib/numbers/format";

type HarmTableProps = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly result: ForgettingResult;
  readonly noun: string;
};

const shownAtFirst = 20;

/** Latents that were ablated one by one, those that cost most on general text first. */
export function HarmTable({ runId, collection, result: { latents, proposed }, noun }: HarmTableProps) {
  const [isWhole, setIsWhole] = useState(false);
  const isProposed = new Set(proposed.map(({ module, index }) => `${index} ${module}`));
  const shown = isWhole ? latents : latents.slice(0, shownAtFirst);
  return (
    <>
      <div className="scrollx">
        <table className={`table still ${styles["numbers"]}`}>
          <thead>
            <tr>
              <th scope="col">Ablated {noun}</th>
              <th scope="col" className="num">
                General text, Δ nats
              </th>
              <th scope="col" className="num">
                The run’s text, Δ nats
              </th>
              <th scope="col">Proposed</th>
            </tr>
          </thead>
          <tbody>
            {shown.flatMap(({ latents: [latent], general, own }) =>
              latent === undefined
                ? []
                : [
                    <tr key={`${latent.index} ${latent.module}`}>
                      <td>
                        <LatentLink
                          runId={runId}
                          collectionId={collection?.id ?? null}
                          latent={latent}
                          module={collection?.modules.find(({ name }) => name === latent.module)}
                        />
                      </td>
                      <td className="num">{formatSigned(general, 4)}</td>
                      <td className="num">{formatSigned(own, 4)}</td>
                      <td>{isProposed.has(`${latent.index} ${latent.module}`) ? "yes" : ""}</td>
                    </tr>,
                  ],
            )}
          </tbody>
        </table>
      </div>
      {shown.length < latents.length && (
        <div>
          <Button look="quiet" onClick={() => setIsWhole(true)}>
            Show all {formatInteger(latents.length)}
          </Button>
        </div>
      )}
    </>
  );
}
