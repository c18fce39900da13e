"use client";
import { useQuery } from "@tanstack/react-query";
import { latentName } from "@/components/latents/edit-words";
import { LatentGist } from "@/components/latents/find/latent-gist";
import { LatentLink } from "@/components/latents/latent-link";
import { unitSizes } from "@/components/latents/value-unit";
import { isValueEdit, type LatentEdit, withOperation } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import type { EditDrag } from "@/components/steering/use-edit-drag";
import { FailedPart } from "@/components/ui/failed-part";
import { latentQueryOptions } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import { type CardPlace, EditCard } from "./edit-card";
import type { EditActions, EditContext } from "./edit-context";
import { OperationField, OperationWords } from "./operation-field";
import { useValueUnit, ValueField, ValueLine } from "./value-field";
import { scaleOf, steppedValue } from "./value-scale";

type LatentEditCardProps = {
  readonly edit: LatentEdit;
  readonly at: CardPlace;
  readonly context: EditContext;
  readonly actions: EditActions<Edit>;
  readonly drag: EditDrag;
};

/** An edit of one latent; its value is set on a line over the latent's own activations. */
export function LatentEditCard({ edit, at, context, actions, drag }: LatentEditCardProps) {
  const { latent } = edit;
  const { runId, collection, method, adapter } = context;
  const module = collection?.modules.find(({ name }) => name === latent.module);
  const isKnown = module !== undefined && latent.index < module.numLatents;
  const detail = useQuery({
    ...latentQueryOptions({ collectionId: collection?.id ?? "" }, latent),
    enabled: collection !== null && isKnown,
  });
  const scaling = adapter === null ? null : latentMethodOf(adapter).moduleSizes(adapter, latent.module).scaling;
  const sizes = unitSizes({ detail: detail.data, module, scaling });
  const [unit, setUnit] = useValueUnit(sizes);
  const set = (value: number) => isValueEdit(edit) && actions.onEdit({ ...edit, value });
  const spoken = latentName(latent, module === undefined ? [] : [module]);
  return (
    <EditCard
      edit={edit}
      at={at}
      context={context}
      actions={actions}
      drag={drag}
      spoken={spoken}
      {...(isValueEdit(edit)
        ? { onStep: (direction: 1 | -1, isFine: boolean) => set(steppedValue(edit.value, scaleOf(edit, detail.data), direction, isFine)) }
        : {})}
      name={
        <>
          <span className="cut">
            <LatentLink runId={runId} collectionId={collection?.id ?? null} latent={latent} module={module} />
          </span>{" "}
          <span className="fitting">{detail.data !== undefined && <LatentGist row={detail.data.row} />}</span>
        </>
      }
    >
      <div className={styles["operation"]}>
        <OperationField
          edit={edit}
          method={method}
          onOperation={(operation) => actions.onEdit(withOperation(edit, operation, sizes.p99 ?? sizes.max ?? 1))}
        />
        {isValueEdit(edit) && <ValueField edit={edit} unit={unit} sizes={sizes} onUnit={setUnit} onValue={set} />}
      </div>
      <OperationWords edit={edit} method={method} />
      {isValueEdit(edit) && <ValueLine edit={edit} unit={unit} sizes={sizes} name={spoken} detail={detail.data} onValue={set} />}
      <FailedPart query={detail} failure="Could not load this latent’s statistics" />
      {collection === null && isValueEdit(edit) && <p className="note">No statistics yet, so this latent’s activation range is unknown.</p>}
    </EditCard>
  );
}
