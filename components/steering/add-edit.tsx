"use client";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { LatentName } from "@/components/latents/latent-name";
import { TokenChip } from "@/components/latents/token-chip";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Select } from "@/components/ui/select";
import { latentPageQuery } from "@/lib/client/latents";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatCount, formatInteger } from "@/lib/numbers/format";
import { isLatentEdit, newEdit } from "./edit-change";
import { latentsNamed } from "./latent-text";
import styles from "./steering.module.css";

type AddEditProps = {
  readonly collection: CollectionSummary | null;
  readonly modules: readonly string[];
  readonly edits: readonly Edit[];
  readonly onAdd: (edit: Edit) => void;
  readonly onWatch: (latent: LatentRef) => void;
  readonly onClose: () => void;
  /** How often a person asked for it: each time the field takes the focus, but not where the page merely opens with it. */
  readonly timesAsked: number;
};

const shownRows = 8;

/** Finds a latent by a token it fires at, its label or its name, and adds it; or switches off a module or all. */
export function AddEdit({ collection, modules, edits, onAdd, onWatch, onClose, timesAsked }: AddEditProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (timesAsked > 0) field.current?.focus({ preventScroll: true });
  }, [timesAsked]);
  return (
    <div className={styles["add"]}>
      {collection !== null && (
        <>
          <label className={classNames("search", styles["find"])}>
            <Search size={14} aria-hidden="true" />
            <span className="vh">Find a latent by token, label or name</span>
            <input
              ref={field}
              value={text}
              placeholder="Token it fires at, its label, or 12 v_proj 87"
              autoComplete="off"
              spellCheck={false}
              maxLength={100}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => event.key === "Escape" && onClose()}
            />
          </label>
          <Found collection={collection} text={text} edits={edits} onAdd={(latent) => onAdd(newEdit(latent))} onWatch={onWatch} />
        </>
      )}
      {collection === null && (
        <p className="note">Latents can be searched once statistics are collected. Until then the whole adapter can be switched off.</p>
      )}
      <div className="row wrap">
        {modules.length > 0 && (
          <Select
            label="Switch a module off"
            value=""
            onValueChange={(module) => module !== "" && onAdd({ operation: "moduleOff", module, isOn: true, scope: "all" })}
            options={[{ value: "", label: "Module off…" }, ...modules.map((module) => ({ value: module, label: module }))]}
          />
        )}
        <Button onClick={() => onAdd({ operation: "adapterOff", isOn: true, scope: "all" })}>Whole adapter off</Button>
      </div>
    </div>
  );
}

type FoundProps = {
  readonly collection: CollectionSummary;
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly onAdd: (latent: LatentRef) => void;
  readonly onWatch: (latent: LatentRef) => void;
};

function Found({ collection, text, edits, onAdd, onWatch }: FoundProps) {
  const wanted = useDeferredValue(text);
  const named = latentsNamed(wanted, collection.modules);
  const isNamed = named.length > 0;
  const page = useQuery({
    ...latentPageQuery(
      { collectionId: collection.id, state: "alive", sort: "selectivity", search: wanted === "" ? undefined : wanted },
      { offset: 0, limit: shownRows },
    ),
    enabled: !isNamed,
  });
  const rows = isNamed
    ? named.slice(0, shownRows).map((latent) => ({ ...latent, topTokens: [], fireCount: null }))
    : (page.data?.rows ?? []);
  const total = isNamed ? named.length : (page.data?.total ?? 0);
  return (
    <div className={styles["found"]}>
      {rows.map((row) => {
        const module = collection.modules.find(({ name }) => name === row.module);
        const isIn = edits.some((edit) => isLatentEdit(edit) && edit.latent.module === row.module && edit.latent.index === row.index);
        const latent = { module: row.module, index: row.index };
        return (
          <div key={`${row.module} ${row.index}`} className={styles["foundrow"]}>
            <LatentName layer={module?.layer ?? 0} projection={module?.projection ?? row.module} index={row.index} />
            <span className={styles["foundtokens"]}>
              {row.topTokens.slice(0, 3).map((top) => (
                <TokenChip key={top.token} text={top.token} />
              ))}
            </span>
            <span className="tiny dim num">{row.fireCount === null ? "" : formatCount(row.fireCount)}</span>
            <Button look="quiet" size="dense" title="Show its activations under the text, unedited" onClick={() => onWatch(latent)}>
              Watch
            </Button>
            <Button size="dense" onClick={() => onAdd(latent)}>
              {isIn ? "Again" : "Edit"}
            </Button>
          </div>
        );
      })}
      <p className="tiny dim">
        {page.error !== null && !isNamed
          ? page.error.message
          : rows.length === 0 && (isNamed || page.data !== undefined)
            ? "No living latent has this among its top tokens or in its label. A name is written as 12 v_proj 87."
            : `${formatInteger(rows.length)} of ${formatInteger(total)}${isNamed ? "" : ", most selective first"}`}
      </p>
    </div>
  );
}
