"use client";
import { useState } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { saveHubMutation } from "@/lib/client/hub";
import { type HubSettings, saveHubRequest } from "@/lib/contract/hub";

/** Nothing of the form is kept as a draft. */
const nothing = {};

/** The access token for gated and private models. One that is kept is never shown, only replaced or removed. */
export function HubToken({ settings }: { readonly settings: HubSettings | undefined }) {
  // The token is a secret: it is held in this field only.
  const [token, setToken] = useState("");
  const form = useDraftForm({
    name: "hub-token/1",
    schema: flatDraft(nothing),
    beginning: nothing,
    requestOf: () => (token === "" ? null : { token }),
    contract: saveHubRequest,
    mutation: saveHubMutation(),
    onSent: () => setToken(""),
  });
  const { sending: save } = form;
  const host = settings === undefined ? "the hub" : new URL(settings.address).host;
  const kept = { entered: "stored; type to replace it", environment: "from HF_TOKEN; type to replace it" };
  return (
    <Form form={form} className="stack gap-12">
      <TextField
        label="Access token"
        field="token"
        type="password"
        value={token}
        placeholder={settings?.token == null ? "none" : kept[settings.token]}
        hint={`For gated and private models. Stored in Stanscope’s database, sent only to ${host}, never shown again`}
        onValueChange={setToken}
      />
      <div className="row wrap">
        <Button type="submit" disabled={token === "" || save.isPending}>
          Store token
        </Button>
        {settings?.token === "entered" ? (
          <Button look="danger" disabled={save.isPending} onClick={() => save.mutate({ token: "" })}>
            Remove token
          </Button>
        ) : null}
      </div>
      {save.error === null ? null : <ErrorNote title="Could not store the token">{messageOf(save.error)}</ErrorNote>}
    </Form>
  );
}
