"use client";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import type { ArmName, GenerateRequest } from "@/lib/contract/generate";
import { type ArmLooks, textOf } from "./arm-titles";

export type Forced = GenerateRequest["forced"];

type ReadingSwitchProps = {
  readonly forced: Forced;
  readonly onForced: (forced: Forced) => void;
  /** Arms whose text may be read. */
  readonly arms: readonly ArmName[];
  readonly looks: ArmLooks;
  /** The initial custom text. */
  readonly ownText: string;
};

/** Whether each arm goes its own way or all read one text, and whose. */
export function ReadingSwitch({ forced, onForced, arms, looks, ownText }: ReadingSwitchProps) {
  return (
    <>
      {forced !== undefined && (
        <Select
          label="Text that all arms read"
          value={"by" in forced ? forced.by : "own"}
          onValueChange={(value) => onForced(value === "own" ? { text: ownText } : { by: value })}
          options={[...arms.map((arm) => ({ value: arm, label: textOf(arm, looks) })), { value: "own" as const, label: "custom text" }]}
        />
      )}
      <Segmented
        label="How the arms read"
        value={forced === undefined ? "free" : "forced"}
        onValueChange={(value) => onForced(value === "free" ? undefined : forcedFirst(arms))}
        options={[
          { value: "free", label: "Free generation", title: "Each arm continues its own text" },
          { value: "forced", label: "Teacher-forced", title: "All arms read the same text, so numbers compare position by position" },
        ]}
      />
    </>
  );
}

/** Forced reading as it is first switched on: of the adapter's text, where there is one. */
export function forcedFirst(arms: readonly ArmName[]): Forced {
  const by = arms.includes("adapter") ? "adapter" : arms[0];
  return by === undefined ? undefined : { by };
}
