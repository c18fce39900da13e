import { LatentLink } from "@/components/latents/latent-link";
import { HeadCell } from "@/components/ui/table-head";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { ConceptProbes } from "@/lib/contract/probing";
import { formatSignificant } from "@/lib/numbers/format";
import styles from "./concepts.module.css";

type ProbeLatentsProps = Pick<ConceptProbes, "module" | "latents"> & {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
};

/** The latents that a concept's probes read, with their weights in each. */
export function ProbeLatents({ runId, collection, module, latents }: ProbeLatentsProps) {
  const inCollection = collection?.modules.find(({ name }) => name === module);
  const widest = latents.at(-1)?.chosen ?? [];
  if (widest.length === 0) return <p className="note">No latent of this module differs between the rows.</p>;
  return (
    <>
      <p className="note">
        In the order in which they are chosen: by the difference of their mean activations. A weight is in log-odds per unit of mean
        activation.
      </p>
      <div className="scrollx">
        <table className={`table stacks still ${styles["weights"]}`}>
          <thead>
            <tr>
              <HeadCell>Latent</HeadCell>
              {latents.map(({ k }) => (
                <HeadCell key={k} isNumeric unit={`k = ${k}`}>
                  Weight
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {widest.map(({ index }) => (
              <tr key={index}>
                <td>
                  <LatentLink runId={runId} collectionId={collection?.id ?? null} latent={{ module, index }} module={inCollection} />
                </td>
                {latents.map(({ k, chosen }) => {
                  const own = chosen.find((one) => one.index === index);
                  return (
                    <td key={k} className="num" data-label={own === undefined ? undefined : `Weight, k = ${k}`}>
                      {own === undefined ? "" : formatSignificant(own.weight)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
