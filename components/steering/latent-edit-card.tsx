"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { latentHref } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import { readLatentParams } from "@/components/latents/latent-params";
import { TokenChip } from "@/components/latents/token-chip";
import { ValueSlider } from "@/components/plots/value-slider";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { latentQueryOptions } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import { formatSignificant } from "@/lib/numbers/format";
import { EditCard } from "./edit-card";
import { ablationWords, type LatentEdit, type LatentOperation, operationsOf, withOperation } from "./edit-change";
import styles from "./steering.module.css";
import { clampInWords, clampScale, scaleScale } from "./value-scale";

type LatentEditCardProps = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly method: RunSummary["method"];
  readonly edit: LatentEdit;
  readonly onEdit: (next: Edit) => void;
  readonly onRemove: () => void;
};

/** An edit of one latent; its value is set on a line over the latent's own activations. */
export function LatentEditCard({ runId, collection, method, edit, onEdit, onRemove }: LatentEditCardProps) {
  const { latent } = edit;
  const operations = operationsOf(method);
  // A link may say what this run cannot do; the field still says what it says.
  const isOffered = operations.some(({ value }) => value === edit.operation);
  const module = collection?.modules.find(({ name }) => name === latent.module);
  const detail = useQuery({ ...latentQueryOptions({ collectionId: collection?.id ?? "" }, latent), enabled: collection !== null });
  const params = { ...readLatentParams(new URLSearchParams()), collectionId: collection?.id ?? null };
  return (
    <EditCard
      edit={edit}
      spoken={`${latent.module} ${latent.index}`}
      name={
        <>
          <Link href={latentHref(runId, latent, params)} title={`${latent.module} ${latent.index}`}>
            {module === undefined ? (
              <span className="mono">
                {latent.module} <b className="strong">{latent.index}</b>
              </span>
            ) : (
              <LatentName layer={module.layer} projection={module.projection} index={latent.index} />
            )}
          </Link>{" "}
          {detail.data?.row.topTokens.slice(0, 3).map((top) => (
            <TokenChip key={top.token} text={top.token} />
          ))}
        </>
      }
      onEdit={onEdit}
      onRemove={onRemove}
    >
      <div className={styles["operation"]}>
        <Select<LatentOperation>
          label="Operation"
          value={edit.operation}
          onValueChange={(operation) => onEdit(withOperation(edit, operation, detail.data))}
          options={isOffered ? operations : [...operations, { value: edit.operation, label: "ablate before TopK" }]}
        />
        <span className="small mid">{isAblation(edit) ? ablationWords(edit.operation, method) : wordsOf(edit, detail.data)}</span>
      </div>
      {!isAblation(edit) && <Value edit={edit} detail={detail.data} onEdit={onEdit} />}
      {detail.error !== null && <p className={`note ${styles["bad"]}`}>{detail.error.message}</p>}
      {collection === null && !isAblation(edit) && (
        <p className="note">No collection yet, so what this latent usually does is not known here.</p>
      )}
    </EditCard>
  );
}

type Ablation = Extract<LatentEdit, { operation: "ablatePost" | "ablatePre" }>;
type ValueEdit = Exclude<LatentEdit, Ablation>;

function isAblation(edit: LatentEdit): edit is Ablation {
  return edit.operation === "ablatePost" || edit.operation === "ablatePre";
}

type ValueProps = {
  readonly edit: ValueEdit;
  readonly detail: LatentDetail | undefined;
  readonly onEdit: (next: Edit) => void;
};

function Value({ edit, detail, onEdit }: ValueProps) {
  const scale = edit.operation === "clamp" ? clampScale(detail, edit.value) : scaleScale(detail, edit.value);
  const set = (value: number) => onEdit({ ...edit, value });
  const label = edit.operation === "clamp" ? "Activation" : "Factor";
  return (
    <div className={styles["value"]}>
      <NumberField label={label} kind="real" value={edit.value} onValueChange={set} />
      <ValueSlider
        {...scale}
        label={`${label} of ${edit.latent.module} ${edit.latent.index}`}
        value={edit.value}
        valueText={wordsOf(edit, detail)}
        isOn={edit.isOn}
        onValue={set}
      />
    </div>
  );
}

function wordsOf(edit: ValueEdit, detail: LatentDetail | undefined): string {
  switch (edit.operation) {
    case "scale":
      return `${formatSignificant(edit.value)} × its own value, where it fires`;
    case "clamp":
      return clampInWords(edit.value, detail);
  }
}
