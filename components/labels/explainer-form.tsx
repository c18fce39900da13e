"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Switch } from "@/components/ui/switch";
import { TextField } from "@/components/ui/text-field";
import { discardOnceSent, useDraft } from "@/components/ui/use-draft";
import { RequestFailure } from "@/lib/client/fetch-json";
import { saveExplainerMutation } from "@/lib/client/labels";
import type { ExplainerSettings, SaveExplainerInput } from "@/lib/contract/label";
import styles from "./labels.module.css";

/** The endpoint, its model and key. A stored key is never shown, only replaced or removed. */
export function ExplainerForm({ settings }: { readonly settings: ExplainerSettings }) {
  const stored = { isOn: settings.isOn, endpoint: settings.endpoint, model: settings.model };
  const draft = useDraft("explainer/1", flatDraft(stored), stored);
  const { isOn, endpoint, model } = draft.value;
  const change = (changes: Partial<typeof stored>) => draft.set((before) => ({ ...before, ...changes }));
  // The key is a secret: it is held in this field only.
  const [key, setKey] = useState("");
  const [isKeyRemoved, setIsKeyRemoved] = useState(false);
  const save = useMutation({ ...saveExplainerMutation(), ...discardOnceSent(draft) });
  const lacks = isOn && (endpoint.trim() === "" || model.trim() === "");
  const request: SaveExplainerInput = {
    isOn,
    endpoint: endpoint.trim(),
    model: model.trim(),
    ...(isKeyRemoved ? { key: "" } : key === "" ? {} : { key }),
  };
  const isChanged =
    isOn !== settings.isOn || request.endpoint !== settings.endpoint || request.model !== settings.model || request.key !== undefined;
  const errorAt = (field: string) =>
    save.error instanceof RequestFailure && save.error.field === field ? { error: save.error.message } : {};
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (lacks || !isChanged) return;
        save.mutate(request, {
          onSuccess: () => {
            setKey("");
            setIsKeyRemoved(false);
          },
        });
      }}
    >
      <Switch label="Enable explainer" isOn={isOn} onIsOnChange={(isOn) => change({ isOn })} />
      <TextField
        label="Endpoint"
        className="input mono"
        value={endpoint}
        placeholder="http://127.0.0.1:8080/v1"
        hint="OpenAI-compatible, without /chat/completions"
        onValueChange={(endpoint) => change({ endpoint })}
        {...errorAt("endpoint")}
      />
      <TextField label="Model" className="input mono" value={model} onValueChange={(model) => change({ model })} {...errorAt("model")} />
      <TextField
        label="Key"
        type="password"
        value={key}
        disabled={isKeyRemoved}
        placeholder={settings.hasKey ? "stored; type to replace it" : "none"}
        hint="Stored in Stanscope’s database, sent only to the endpoint, never shown again"
        onValueChange={setKey}
      />
      {settings.hasKey && <Checkbox label="Remove the stored key" isChecked={isKeyRemoved} onIsCheckedChange={setIsKeyRemoved} />}
      <div className="row">
        <Button look="primary" type="submit" disabled={lacks || !isChanged || save.isPending}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
        <DiscardDraft draft={draft} />
        <span className="note" role="status">
          {lacks ? "Enter an endpoint and a model to enable it" : save.isSuccess && !isChanged ? "Saved" : ""}
        </span>
      </div>
      {save.error !== null && <ErrorNote title="Could not save the settings">{messageOf(save.error)}</ErrorNote>}
    </form>
  );
}
