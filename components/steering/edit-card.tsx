"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { IconButton } from "@/components/ui/icon-button";
import { Switch } from "@/components/ui/switch";
import type { Edit } from "@/lib/contract/edit";
import { ScopeField } from "./scope-field";
import styles from "./steering.module.css";

type EditCardProps = {
  readonly edit: Edit;
  readonly name: ReactNode;
  /** For those who hear the page. */
  readonly spoken: string;
  readonly onEdit: (next: Edit) => void;
  readonly onRemove: () => void;
  readonly children?: ReactNode;
};

/** One edit: on or off, of what, where. A switched-off edit stays, dimmed. */
export function EditCard({ edit, name, spoken, onEdit, onRemove, children }: EditCardProps) {
  return (
    <li className={classNames(styles["edit"], !edit.isOn && styles["off"])}>
      <div className={styles["edithead"]}>
        <Switch label={`${spoken} is on`} isLabelHidden isOn={edit.isOn} onIsOnChange={(isOn) => onEdit({ ...edit, isOn })} />
        <span className="cut">{name}</span>
        <IconButton label={`Remove ${spoken}`} onClick={onRemove}>
          <X size={12} aria-hidden="true" />
        </IconButton>
      </div>
      <div className={styles["editbody"]}>
        {children}
        <ScopeField scope={edit.scope} onScope={(scope) => onEdit({ ...edit, scope })} />
      </div>
    </li>
  );
}
