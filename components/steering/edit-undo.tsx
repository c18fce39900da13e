"use client";
import { Undo2, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import styles from "./edits.module.css";

type EditUndoProps = {
  /** What was done: `Removed L12 v_proj #87`. */
  readonly words: string;
  readonly onUndo: () => void;
  readonly onClose: () => void;
};

/** What was just taken away, and the way back, in its place; it takes the focus that went with it. */
export function EditUndo({ words, onUndo, onClose }: EditUndoProps) {
  return (
    <li className={`columns middle gap-6 ${styles["undo"]}`}>
      <span className="small mid cut" role="status">
        {words}
      </span>
      <Button size="dense" autoFocus onClick={onUndo}>
        <Undo2 size={12} aria-hidden="true" />
        Undo
      </Button>
      <IconButton label="Close" onClick={onClose}>
        <X size={12} aria-hidden="true" />
      </IconButton>
    </li>
  );
}
