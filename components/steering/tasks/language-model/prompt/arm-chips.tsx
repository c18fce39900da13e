"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { MethodMark } from "@/components/shell/method-mark";
import styles from "@/components/steering/steering.module.css";
import { type SteerParams, usualArms } from "@/components/steering/tasks/language-model/steer-params";
import { Button } from "@/components/ui/button";
import { ChoiceChip } from "@/components/ui/chip";
import { FailedPart } from "@/components/ui/failed-part";
import floating from "@/components/ui/floating.module.css";
import { IconButton } from "@/components/ui/icon-button";
import type { QueryReading } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { runsQuery } from "@/lib/client/runs";
import type { ArmName } from "@/lib/contract/generate";
import type { RunSummary } from "@/lib/contract/run";
import { formatSignificant } from "@/lib/numbers/format";
import { otherRunsFor } from "./other-runs";

type ArmChipsProps = {
  readonly run: RunSummary;
  readonly params: Pick<SteerParams, "arms" | "otherRun">;
  readonly onParams: (change: Partial<SteerParams>) => void;
};

const names: Record<Exclude<ArmName, "other">, string> = { base: "Base", adapter: "Adapter", edited: "Edited" };

/** Which arms run; one of them may have another run's adapter. */
export function ArmChips({ run, params, onParams }: ArmChipsProps) {
  const runs = useQuery(runsQuery());
  const other = runs.data?.find(({ id }) => id === params.otherRun);
  const toggle = (arm: ArmName, isOn: boolean) => {
    const arms = usualArms(params.otherRun).filter((name) => (name === arm ? isOn : params.arms.includes(name)));
    if (arms.length > 0) onParams({ arms });
  };
  const addOther = (id: string) =>
    onParams({ otherRun: id, arms: usualArms(id).filter((arm) => arm === "other" || params.arms.includes(arm)) });
  const removeOther = () => {
    const arms = params.arms.filter((arm) => arm !== "other");
    onParams({ otherRun: null, arms: arms.length === 0 ? usualArms(null) : arms });
  };
  return (
    <>
      {usualArms(params.otherRun).map((arm) => (
        <ChoiceChip key={arm} isOn={params.arms.includes(arm)} onIsOnChange={(isOn) => toggle(arm, isOn)}>
          {arm === "other" ? (other?.name ?? "another run") : names[arm]}
        </ChoiceChip>
      ))}
      {params.otherRun === null ? (
        <OtherRunPicker run={run} runs={runs} onRun={addOther} />
      ) : (
        <IconButton label={`Take ${other?.name ?? "the other run"} out`} className={styles["smallicon"]} onClick={removeOther}>
          <X size={12} aria-hidden="true" />
        </IconButton>
      )}
    </>
  );
}

type OtherRunPickerProps = {
  readonly run: RunSummary;
  readonly runs: QueryReading<readonly RunSummary[]>;
  readonly onRun: (id: string) => void;
};

function OtherRunPicker({ run, runs, onRun }: OtherRunPickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const others = runs.data === undefined ? null : otherRunsFor(run, runs.data);
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>
        <Button look="quiet" size="dense" title="Another run’s adapter, over the same base model">
          <Plus size={12} aria-hidden="true" />
          Arm
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={floating["popover"]} aria-label="Another run" align="start" sideOffset={6} collisionPadding={8}>
          <h3>Compare with another run</h3>
          <FailedPart query={runs} failure="Could not load the runs" />
          {others === null && runs.error === null && <Skeleton height={24} />}
          {others?.length === 0 && <p className="note">No other run on this base model has an adapter.</p>}
          <ul className={styles["otherruns"]}>
            {others?.map((other) => (
              <li key={other.id}>
                <button
                  type="button"
                  className={`bare columns middle gap-8 ${styles["otherrun"]}`}
                  onClick={() => {
                    setIsOpen(false);
                    onRun(other.id);
                  }}
                >
                  <MethodMark method={other.method} />
                  <span className="cut">{other.name}</span>
                  <span className="small dim nowrap">
                    seed {other.seed}
                    {other.latestEvaluation === null ? "" : `, loss ${formatSignificant(other.latestEvaluation.loss)}`}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
