"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { saveHubMutation } from "@/lib/client/hub";
import type { HubSettings } from "@/lib/contract/hub";

/** The access token for gated and private models. One that is kept is never shown, only replaced or removed. */
export function HubToken({ settings }: { readonly settings: HubSettings | undefined }) {
  // The token is a secret: it is held in this field only.
  const [token, setToken] = useState("");
  const save = useMutation(saveHubMutation());
  const host = settings === undefined ? "the hub" : new URL(settings.address).host;
  const kept = { entered: "stored; type to replace it", environment: "from HF_TOKEN; type to replace it" };
  return (
    <form
      className="stack gap-12"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (token !== "") save.mutate({ token }, { onSuccess: () => setToken("") });
      }}
    >
      <TextField
        label="Access token"
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
    </form>
  );
}
