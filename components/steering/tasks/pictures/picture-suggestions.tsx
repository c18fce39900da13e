"use client";
import { latentName } from "@/components/latents/edit-words";
import { strongestFirst } from "@/components/latents/strongest-first";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import { editedLatents } from "@/components/studies/edited-latents";
import { contextImagePath } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary, LatentExample } from "@/lib/contract/latent";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import styles from "./pictures.module.css";

type PictureSuggestionsProps = {
  readonly collection: CollectionSummary;
  readonly edits: readonly Edit[];
  readonly row: number | null;
  readonly onRow: (row: number) => void;
};

/** Of each kind; ours. */
const mostShown = 6;

/** Pictures on which the first edited latent fires most, and pictures on which it does not fire. */
export function PictureSuggestions({ collection, edits, row, onRow }: PictureSuggestionsProps) {
  const latent = editedLatents({ edits })[0] ?? null;
  const { data } = useLatentDetail(collection, latent);
  if (latent === null) return <p className="note">Add an edit to choose from the pictures on which its latent fires.</p>;
  const name = latentName(latent, collection.modules);
  const strip = { collectionId: collection.id, row, onRow };
  return (
    <>
      <Strip {...strip} title={`Where ${name} fires most`} examples={strongestFirst(data?.examples ?? [])} />
      <Strip {...strip} title="Where it does not fire" examples={data?.quiet ?? []} />
    </>
  );
}

type StripProps = Pick<PictureSuggestionsProps, "row" | "onRow"> & {
  readonly collectionId: string;
  readonly title: string;
  readonly examples: readonly LatentExample[];
};

function Strip({ collectionId, title, examples, row: chosen, onRow }: StripProps) {
  const shown = examples
    .filter(({ hasImage, row }, at) => hasImage && examples.findIndex((one) => one.row === row) === at)
    .slice(0, mostShown);
  if (shown.length === 0) return null;
  return (
    <div className="stack gap-6">
      <span className="small mid">{title}</span>
      <div className={styles["strip"]}>
        {shown.map(({ row, context, answer, activation }) => {
          const words = [`Row ${formatInteger(row)}`, ...(answer === undefined ? [] : [answer])].join(", ");
          return (
            <button
              key={row}
              type="button"
              className="bare"
              aria-pressed={row === chosen}
              title={activation === 0 ? words : `${words}: ${formatSignificant(activation)}`}
              onClick={() => onRow(row)}
            >
              {/* biome-ignore lint/performance/noImgElement: the server has it in its size already */}
              <img src={contextImagePath(collectionId, context)} alt={words} loading="lazy" decoding="async" />
            </button>
          );
        })}
      </div>
    </div>
  );
}
