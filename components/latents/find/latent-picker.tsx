"use client";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type ReactNode, type Ref, useDeferredValue, useState } from "react";
import { LatentName } from "@/components/latents/latent-name";
import { formatColumn } from "@/components/latents/range-words";
import { readingOrderWords } from "@/components/latents/reading-order-words";
import { classNames } from "@/components/ui/class-names";
import { FailedPart } from "@/components/ui/failed-part";
import { latentChoicesQuery, mostLatentChoices } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import { latentsNamed } from "@/lib/contract/latents-named";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { capitalised, formatCount, formatInteger } from "@/lib/numbers/format";
import { LatentGist, LatentGistOf } from "./latent-gist";
import styles from "./latent-picker.module.css";

type LatentPickerProps = {
  readonly collection: CollectionSummary;
  /** Names the field. */
  readonly label: string;
  /** Only latents of this module; then a bare index names one. */
  readonly module?: string;
  readonly isFocused?: boolean;
  readonly field?: Ref<HTMLInputElement>;
  readonly onEscape?: () => void;
  /** What can be done with a latent that was found, at the end of its line; where it cannot be taken, why. */
  readonly actions: (latent: LatentRef) => ReactNode;
};

/** Finds latents by a token that they fire at, by label or by name. */
export function LatentPicker({ collection, label, module, isFocused = false, field, onEscape, actions }: LatentPickerProps) {
  const { noun, hasVocabulary } = positionKindOf(collection.positionKind);
  const searched = hasVocabulary ? `${capitalised(noun)}, label` : "Label";
  const [text, setText] = useState("");
  return (
    <>
      <label className={classNames("search", styles["find"])}>
        <Search size={14} aria-hidden="true" />
        <span className="vh">{label}</span>
        <input
          ref={field}
          value={text}
          placeholder={module === undefined ? `${searched}, or L12 v_proj #87` : `${searched} or index`}
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          // biome-ignore lint/a11y/noAutofocus: only where a person has just opened it to type
          autoFocus={isFocused}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onEscape?.()}
        />
      </label>
      <Found collection={collection} module={module} text={text} actions={actions} />
    </>
  );
}

type FoundProps = Pick<LatentPickerProps, "collection" | "actions"> & { readonly text: string; readonly module: string | undefined };

function Found({ collection, module, text, actions }: FoundProps) {
  const { plural, hasVocabulary } = positionKindOf(collection.positionKind);
  const wanted = useDeferredValue(text);
  const modules = collection.modules.filter(({ name }) => module === undefined || name === module);
  const named = latentsNamed(wanted, modules);
  const isNamed = named.length > 0;
  const page = useQuery({
    ...latentChoicesQuery(collection.id, { module, search: wanted === "" ? undefined : wanted }),
    enabled: !isNamed,
  });
  const rows = isNamed
    ? named.slice(0, mostLatentChoices).map((latent) => ({ latent, row: undefined }))
    : (page.data?.rows ?? []).map((row) => ({ latent: { module: row.module, index: row.index }, row }));
  const total = isNamed ? named.length : (page.data?.total ?? 0);
  return (
    <div className={styles["found"]}>
      {rows.map(({ latent, row }) => {
        const at = collection.modules.find(({ name }) => name === latent.module);
        return (
          <div key={`${latent.module} ${latent.index}`} className={`columns middle gap-8 ${styles["foundrow"]}`}>
            <LatentName layer={at?.layer ?? 0} projection={at?.projection ?? latent.module} index={latent.index} />
            <span className={classNames("cut", styles["gist"])}>
              {row === undefined ? <LatentGistOf collectionId={collection.id} latent={latent} /> : <LatentGist row={row} />}
            </span>
            <span className="tiny dim num">{row === undefined ? "" : sizeWords(row)}</span>
            {actions(latent)}
          </div>
        );
      })}
      {isNamed ? null : <FailedPart query={page} failure="Could not load the latents" />}
      <p className="tiny dim" title={isNamed ? undefined : readingOrderWords("latent")}>
        {page.error !== null && page.data === undefined && !isNamed
          ? ""
          : rows.length === 0 && (isNamed || page.data !== undefined)
            ? `No alive latent has this in its ${hasVocabulary ? `top ${plural} or ` : ""}label. To search by name, write ${module === undefined ? "L12 v_proj #87" : "87"}.`
            : `${formatInteger(rows.length)} of ${formatInteger(total)}${isNamed ? "" : ", in reading order"}`}
      </p>
    </div>
  );
}

/** How often it fires; of a dense component, which fires everywhere, how much of its module's output it writes. */
function sizeWords({ fireCount, positiveTail, outputShare }: LatentRow): string {
  return positiveTail === null || outputShare === null ? formatCount(fireCount) : formatColumn("outputShare", outputShare);
}
