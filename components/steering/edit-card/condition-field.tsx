"use client";
import { useQuery } from "@tanstack/react-query";
import { latentName, moduleName } from "@/components/latents/edit-words";
import { LatentPicker } from "@/components/latents/find/latent-picker";
import { moduleOf } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { FailedPart } from "@/components/ui/failed-part";
import { NumberField } from "@/components/ui/number-field";
import { latentQueryOptions } from "@/lib/client/latents";
import type { Edit, EditCondition } from "@/lib/contract/edit";
import { formatSignificant } from "@/lib/numbers/format";
import { conditionRefusal, type EditContext, modulesOf } from "./edit-context";

type ConditionFieldProps = {
  readonly edit: Edit;
  readonly condition: EditCondition | undefined;
  readonly context: EditContext;
  readonly onCondition: (next: EditCondition) => void;
};

/** Which other latent must fire, and above what, for an edit to work at a token. */
export function ConditionField({ edit, condition, context, onCondition }: ConditionFieldProps) {
  const { collection } = context;
  const modules = modulesOf(context);
  const edited = moduleOf(edit) ?? "";
  if (collection === null) return <p className="note">Collect statistics to choose a latent here.</p>;
  return (
    <div className="stack fit">
      <p className="small mid">
        Applies only at {context.reads === "patches" ? "patches" : "tokens"} where another latent’s activation, before any edit, is above a
        threshold. That latent must be in {moduleName(edited, modules)} or of a module computed before it.
      </p>
      {condition !== undefined && <Threshold condition={condition} context={context} onCondition={onCondition} />}
      <LatentPicker
        collection={collection}
        label="Choose condition latent"
        isFocused={condition === undefined}
        actions={(latent) => {
          const refusal = conditionRefusal(latent.module, edited, modules);
          if (refusal !== undefined)
            return (
              <span className="tiny dim" title={`${moduleName(latent.module, modules)} is computed after ${moduleName(edited, modules)}`}>
                {refusal}
              </span>
            );
          const isChosen = condition?.latent.module === latent.module && condition.latent.index === latent.index;
          return (
            <Button size="dense" disabled={isChosen} onClick={() => onCondition({ latent, above: isChosen ? condition.above : 0 })}>
              {isChosen ? "Chosen" : "Choose"}
            </Button>
          );
        }}
      />
    </div>
  );
}

type ThresholdProps = { readonly condition: EditCondition } & Pick<ConditionFieldProps, "context" | "onCondition">;

/** The number, with the latent's own marks to choose from. */
function Threshold({ condition, context, onCondition }: ThresholdProps) {
  const { latent } = condition;
  const detail = useQuery({
    ...latentQueryOptions({ collectionId: context.collection?.id ?? "" }, latent),
    enabled: context.collection !== null,
  });
  const { p50 = null, p99 = null } = detail.data?.quantiles ?? {};
  const largest = detail.data?.row.maxActivation ?? null;
  const marks = [
    { label: "0", value: 0 },
    ...(p50 === null ? [] : [{ label: `p50, ${formatSignificant(p50)}`, value: Number(p50.toPrecision(3)) }]),
    ...(p99 === null ? [] : [{ label: `p99, ${formatSignificant(p99)}`, value: Number(p99.toPrecision(3)) }]),
  ];
  const set = (above: number) => onCondition({ latent, above });
  return (
    <div className={`columns gap-8 ${styles["threshold"]}`}>
      <NumberField
        key={`${latent.module} ${latent.index} ${marks.some(({ value }) => value === condition.above) ? condition.above : ""}`}
        label={`${latentName(latent, modulesOf(context))} is above`}
        kind="real"
        value={condition.above}
        onValueChange={set}
      />
      <span className={styles["marks"]}>
        {marks.map(({ label, value }) => (
          <Button key={label} size="dense" aria-pressed={condition.above === value} onClick={() => set(value)}>
            {label}
          </Button>
        ))}
      </span>
      <span className={styles["whole"]}>
        <FailedPart query={detail} failure="Could not load this latent’s statistics" />
      </span>
      {largest !== null && condition.above >= largest && (
        <p className={`note ${styles["whole"]}`}>Never observed above {formatSignificant(largest)}: the edit would have no effect.</p>
      )}
    </div>
  );
}
