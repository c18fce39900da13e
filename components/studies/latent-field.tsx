"use client";
import { useState } from "react";
import { latentName } from "@/components/latents/edit-words";
import { LatentGistOf } from "@/components/latents/find/latent-gist";
import { LatentPicker } from "@/components/latents/find/latent-picker";
import { isSameLatent } from "@/components/latents/latent-href";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import type { LatentRef } from "@/lib/contract/edit";
import { editedLatents } from "./edited-latents";
import styles from "./studies.module.css";
import { modulesOf, type StudyHome } from "./study-home";

type LatentFieldProps = {
  readonly home: StudyHome;
  readonly latent: LatentRef | null;
  readonly onLatent: (latent: LatentRef) => void;
};

const other = "other";

/** One of the latents that the page edits, or another that is found by token, label or name. */
export function LatentField({ home, latent, onLatent }: LatentFieldProps) {
  const edited = editedLatents(home);
  const [wantsAnother, setWantsAnother] = useState(false);
  const isFinding = latent === null || wantsAnother;
  const { collection } = home;
  const modules = modulesOf(home);
  const listed = latent === null || edited.some((one) => isSameLatent(one, latent)) ? edited : [latent, ...edited];
  const at = latent === null ? -1 : listed.findIndex((one) => isSameLatent(one, latent));
  return (
    <div className="stack fit">
      <div className={styles["line"]}>
        <Select
          label="Latent"
          hasLabel
          value={isFinding || at < 0 ? other : String(at)}
          onValueChange={(chosen) => {
            const next = listed[Number(chosen)];
            setWantsAnother(next === undefined);
            if (next !== undefined) onLatent(next);
          }}
          options={[
            ...listed.map((one, place) => ({ value: String(place), label: latentName(one, modules) })),
            { value: other, label: collection === null ? "none" : "another…", isDisabled: collection === null },
          ]}
        />
        {!isFinding && latent !== null && collection !== null && (
          <span className="cut">
            <LatentGistOf collectionId={collection.id} latent={latent} />
          </span>
        )}
      </div>
      {isFinding && collection !== null && (
        <div className={styles["picker"]}>
          <LatentPicker
            collection={collection}
            label="Find the latent to study by token, label or name"
            onEscape={() => setWantsAnother(false)}
            actions={(found) => (
              <Button
                size="dense"
                onClick={() => {
                  onLatent(found);
                  setWantsAnother(false);
                }}
              >
                Study
              </Button>
            )}
          />
        </div>
      )}
      {collection === null && <p className="note">Collect statistics to search other latents.</p>}
    </div>
  );
}
