"use client";
import { useState } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Switch } from "@/components/ui/switch";
import { TextField } from "@/components/ui/text-field";
import { saveExplainerMutation } from "@/lib/client/labels";
import { type ExplainerSettings, type SaveExplainerInput, saveExplainerRequest } from "@/lib/contract/label";

/** The endpoint, its model and key. A stored key is never shown, only replaced or removed. */
export function ExplainerForm({ settings }: { readonly settings: ExplainerSettings }) {
  const stored = { isOn: settings.isOn, endpoint: settings.endpoint, model: settings.model };
  // The key is a secret: it is held in this field only.
  const [key, setKey] = useState("");
  const [isKeyRemoved, setIsKeyRemoved] = useState(false);
  const requestOf = ({ isOn, endpoint, model }: typeof stored): SaveExplainerInput => ({
    isOn,
    endpoint: endpoint.trim(),
    model: model.trim(),
    ...(isKeyRemoved ? { key: "" } : key === "" ? {} : { key }),
  });
  const complete = (request: SaveExplainerInput) => (lacksSettings(request) || !isChanged(request, settings) ? null : request);
  const form = useDraftForm({
    name: "explainer/1",
    schema: flatDraft(stored),
    beginning: stored,
    requestOf: (values) => complete(requestOf(values)),
    contract: saveExplainerRequest,
    mutation: saveExplainerMutation(),
    onSent: () => {
      setKey("");
      setIsKeyRemoved(false);
    },
  });
  const { value, sending: save } = form;
  const request = requestOf(value);
  const change = (changes: Partial<typeof stored>) => form.set((before) => ({ ...before, ...changes }));
  return (
    <Form form={form} className="stack fit">
      <Switch label="Enable explainer" isOn={value.isOn} onIsOnChange={(isOn) => change({ isOn })} />
      <TextField
        label="Endpoint"
        field="endpoint"
        className="input mono"
        value={value.endpoint}
        placeholder="http://127.0.0.1:8080/v1"
        hint="OpenAI-compatible, without /chat/completions"
        onValueChange={(endpoint) => change({ endpoint })}
      />
      <TextField label="Model" field="model" className="input mono" value={value.model} onValueChange={(model) => change({ model })} />
      <TextField
        label="Key"
        field="key"
        type="password"
        value={key}
        disabled={isKeyRemoved}
        placeholder={settings.hasKey ? "stored; type to replace it" : "none"}
        hint="Stored in Stanscope’s database, sent only to the endpoint, never shown again"
        onValueChange={setKey}
      />
      {settings.hasKey && <Checkbox label="Remove the stored key" isChecked={isKeyRemoved} onIsCheckedChange={setIsKeyRemoved} />}
      <div className="row">
        <Button look="primary" type="submit" disabled={complete(request) === null || save.isPending}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
        <DiscardDraft draft={form} />
        <span className="note" role="status">
          {lacksSettings(request)
            ? "Enter an endpoint and a model to enable it"
            : save.isSuccess && !isChanged(request, settings)
              ? "Saved"
              : ""}
        </span>
      </div>
      {save.error !== null && <ErrorNote title="Could not save the settings">{messageOf(save.error)}</ErrorNote>}
    </Form>
  );
}

function lacksSettings({ isOn, endpoint, model }: SaveExplainerInput): boolean {
  return isOn && (endpoint === "" || model === "");
}

function isChanged({ isOn, endpoint, model, key }: SaveExplainerInput, settings: ExplainerSettings): boolean {
  return isOn !== settings.isOn || endpoint !== settings.endpoint || model !== settings.model || key !== undefined;
}
