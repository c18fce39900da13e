"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { TextArea } from "@/components/ui/text-field";
import { formFromJson } from "./form-of-config";
import styles from "./new-run.module.css";
import type { RunForm } from "./run-form";

/** Fills the form from a configuration copied elsewhere. */
export function PasteJson({ form, onForm }: { form: RunForm; onForm: (form: RunForm) => void }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const use = () => {
    try {
      onForm(formFromJson(text, form));
    } catch (failure) {
      setError(messageOf(failure));
    }
  };
  return (
    <div className={`panel stack ${styles["paste"]}`}>
      <TextArea
        label="Configuration as JSON"
        rows={7}
        className="input mono"
        value={text}
        error={error}
        hint="One configuration, or a list of a STAN and a LoRA one"
        onValueChange={(next) => {
          setText(next);
          setError(null);
        }}
      />
      <Button look="primary" disabled={text.trim() === ""} onClick={use}>
        Fill the form
      </Button>
    </div>
  );
}
