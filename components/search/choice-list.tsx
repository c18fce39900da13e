"use client";
import { useEffect, useRef } from "react";
import { classNames } from "@/components/ui/class-names";
import type { Choice, ChoiceGroup } from "./choice";
import styles from "./search.module.css";

type ChoiceListProps = {
  readonly id: string;
  readonly groups: readonly ChoiceGroup[];
  /** Of the choice that Enter takes. */
  readonly activeKey: string | undefined;
  readonly onPoint: (choice: Choice) => void;
  readonly onTake: (choice: Choice) => void;
};

export function optionId(listId: string, place: number): string {
  return `${listId}-${place}`;
}

/** What was found, by kind. The focus stays in the field above, which names the active option. */
export function ChoiceList({ id, groups, activeKey, onPoint, onTake }: ChoiceListProps) {
  const active = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (activeKey !== undefined) active.current?.scrollIntoView({ block: "nearest" });
  }, [activeKey]);
  let place = 0;
  return (
    <div className={styles["list"]} id={id} role="listbox" aria-label="Results">
      {groups.map(({ name, choices }) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
        <div key={name} role="group" aria-label={name}>
          <div className={styles["kind"]} aria-hidden="true">
            {name}
          </div>
          {choices.map((choice) => {
            const isActive = choice.key === activeKey;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
              <div
                key={choice.key}
                ref={isActive ? active : undefined}
                id={optionId(id, place++)}
                className={classNames(styles["option"], isActive && styles["active"])}
                role="option"
                aria-selected={isActive}
                onMouseMove={isActive ? undefined : () => onPoint(choice)}
                onClick={() => onTake(choice)}
              >
                <span className="cut">{choice.title}</span>
                <span className="cut dim small">{choice.detail}</span>
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
