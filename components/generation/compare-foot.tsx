"use client";
import type { ReactNode } from "react";
import { Select } from "@/components/ui/select";
import type { ArmName } from "@/lib/contract/generate";
import { type ArmLooks, titleOf } from "./arm-titles";
import styles from "./generation.module.css";

/** Two arms: tokens added in the second are underlined, removed ones are dotted. */
export type Compared = readonly [ArmName, ArmName];

type CompareFootProps = {
  readonly arms: readonly ArmName[];
  readonly looks: ArmLooks;
  /** Null where one of the two is not there. */
  readonly compared: Compared | null;
  readonly onCompared: (compared: Compared) => void;
  readonly isForced: boolean;
  /** Both have ended, with the same tokens. */
  readonly isSame: boolean;
  readonly actions: ReactNode;
};

/** Which arms are compared, what the marks mean, and what can be done next. */
export function CompareFoot({ arms, looks, compared, onCompared, isForced, isSame, actions }: CompareFootProps) {
  return (
    <div className={`foot ${styles["outfoot"]}`}>
      {isForced ? (
        <span>All arms read the same text. Rows below show each arm’s own choice; a dot means the same token.</span>
      ) : (
        arms.length > 1 && (
          <span className={styles["compare"]}>
            <Side
              label="Compare"
              arms={arms}
              looks={looks}
              value={compared?.[0]}
              not={compared?.[1]}
              onArm={(arm) => onCompared([arm, other(arm, compared?.[1], arms)])}
            />
            <Side
              label="with"
              arms={arms}
              looks={looks}
              value={compared?.[1]}
              not={compared?.[0]}
              onArm={(arm) => onCompared([other(arm, compared?.[0], arms), arm])}
            />
            {compared !== null &&
              (isSame ? (
                <span>Identical output.</span>
              ) : (
                <span>
                  <span className={styles["in"]}>Underlined</span>: added. <span className={styles["out"]}>Dotted</span>: removed.
                </span>
              ))}
          </span>
        )
      )}
      <span className={styles["actions"]}>{actions}</span>
    </div>
  );
}

/** The arm that stays beside a chosen one. */
function other(chosen: ArmName, kept: ArmName | undefined, arms: readonly ArmName[]): ArmName {
  if (kept !== undefined && kept !== chosen && arms.includes(kept)) return kept;
  return arms.find((arm) => arm !== chosen) ?? chosen;
}

type SideProps = {
  readonly label: string;
  readonly arms: readonly ArmName[];
  readonly looks: ArmLooks;
  readonly value: ArmName | undefined;
  readonly not: ArmName | undefined;
  readonly onArm: (arm: ArmName) => void;
};

function Side({ label, arms, looks, value, not, onArm }: SideProps) {
  return (
    <span className="row">
      {label}
      <Select
        label={`${label} arm`}
        isDense
        value={value ?? ""}
        onValueChange={(arm) => arm !== "" && onArm(arm)}
        options={[
          ...(value === undefined ? [{ value: "" as const, label: "choose" }] : []),
          ...arms.map((arm) => ({ value: arm, label: titleOf(arm, looks), isDisabled: arm === not })),
        ]}
      />
    </span>
  );
}
