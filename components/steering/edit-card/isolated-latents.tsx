"use client";
import { TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { LatentGistOf } from "@/components/latents/find/latent-gist";
import { LatentPicker } from "@/components/latents/find/latent-picker";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import type { Edit } from "@/lib/contract/edit";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { type EditContext, modulesOf } from "./edit-context";

type IsolatedLatentsProps = {
  readonly edit: Extract<Edit, { operation: "isolate" }>;
  /** Latents of the module that other edits of the list are of. */
  readonly listed: readonly number[];
  readonly context: EditContext;
  readonly onIndices: (indices: readonly number[]) => void;
};

/** More would be a page of chips. */
const mostShown = 12;

/** Which latents of the module stay, and what goes. */
export function IsolatedLatents({ edit, listed, context, onIndices }: IsolatedLatentsProps) {
  const [isChoosing, setIsChoosing] = useState(false);
  const [isWhole, setIsWhole] = useState(false);
  const { collection } = context;
  const { module, indices } = edit;
  const total = modulesOf(context).find(({ name }) => name === module)?.numLatents;
  const shown = isWhole ? indices : indices.slice(0, mostShown);
  const missing = listed.filter((index) => !indices.includes(index));
  const add = (more: readonly number[]) => onIndices([...new Set([...indices, ...more])].sort((a, b) => a - b));
  return (
    <>
      <div className={styles["chips"]}>
        <span className="small mid">keep:</span>
        {shown.map((index) => (
          <span key={index} className="chip line">
            <b className="num">{index}</b>
            {collection !== null && (
              <span className={styles["chipgist"]}>
                <LatentGistOf collectionId={collection.id} latent={{ module, index }} />
              </span>
            )}
            {indices.length > 1 && (
              <button type="button" aria-label={`Remove ${index}`} onClick={() => onIndices(indices.filter((one) => one !== index))}>
                <X size={11} aria-hidden="true" />
              </button>
            )}
          </span>
        ))}
        {indices.length > mostShown && (
          <button type="button" className="chip act" onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? "fewer" : `${formatInteger(indices.length - mostShown)} more`}
          </button>
        )}
        {collection !== null && (
          <button type="button" className="chip act" aria-expanded={isChoosing} onClick={() => setIsChoosing(!isChoosing)}>
            {isChoosing ? "done" : "choose…"}
          </button>
        )}
        {missing.length > 0 && (
          <button type="button" className="chip act" onClick={() => add(missing)}>
            + {missing.length} in this list
          </button>
        )}
      </div>
      {isChoosing && collection !== null && (
        <div className={`stack fit ${styles["choose"]}`}>
          <LatentPicker
            collection={collection}
            label="Find a latent to keep"
            module={module}
            isFocused
            onEscape={() => setIsChoosing(false)}
            actions={({ index }) => (
              <Button size="dense" disabled={indices.includes(index)} onClick={() => add([index])}>
                {indices.includes(index) ? "Kept" : "Keep"}
              </Button>
            )}
          />
        </div>
      )}
      {total !== undefined && (
        <p className={`note ${styles["warn"]}`}>
          <TriangleAlert size={12} aria-hidden="true" />
          {total > indices.length
            ? `${formatPlural(total - indices.length, "other latent")} of this module ${total - indices.length === 1 ? "is" : "are"} 0.`
            : "All latents of this module are kept: no effect."}
        </p>
      )}
    </>
  );
}
