"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { refusalsOf } from "@/components/forms/refusals";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { AddForm } from "@/components/models/add-form";
import { Disclosure } from "@/components/ui/disclosure";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { hubModelQuery, hubQuery } from "@/lib/client/hub";
import { addModelMutation } from "@/lib/client/models";
import type { AddModelInput } from "@/lib/contract/api";
import { DECODER_NAMES, ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { addModelRequest } from "@/lib/contract/model";
import { formatBytes } from "@/lib/numbers/format";
import { FoundModels } from "./found-models";
import { HubFacts, mayFetch } from "./hub-facts";
import { HubSwitch } from "./hub-switch";
import { HubToken } from "./hub-token";

const nothingNamed = { id: "", revision: "", file: "" };
type Named = typeof nothingNamed;

/** A model of the hub: found by part of its name or named, looked up, then fetched. */
export function FromHub() {
  const settings = useQuery(hubQuery());
  const [asked, setAsked] = useState({ id: "", revision: "" });
  const model = useQuery({ ...hubModelQuery(asked.id, asked.revision), enabled: asked.id !== "" });
  /** Of what was looked up, the file that is named, or else the first. */
  const chosenOf = ({ file }: Named) => model.data?.choices.find((choice) => (choice.file ?? "") === file) ?? model.data?.choices[0];
  const form = useDraftForm({
    name: "fetch-model/2",
    schema: flatDraft(nothingNamed),
    beginning: nothingNamed,
    requestOf: (values) =>
      Object.keys(hubRefusals(values)).length > 0 ? null : hubRequest({ ...values, file: chosenOf(values)?.file ?? "" }),
    contract: addModelRequest,
    mutation: addModelMutation(),
    onSent: () => setAsked({ id: "", revision: "" }),
  });
  const { value } = form;
  const typed = { id: value.id.trim(), revision: value.revision.trim() };
  const refused = hubRefusals(value);
  const change = (changes: Partial<Named>) => form.set((before) => ({ ...before, ...changes }));
  const isAsked = asked.id !== "" && asked.id === typed.id && asked.revision === typed.revision;
  const isLookedUp = isAsked && !model.isFetching;
  const chosen = chosenOf(value);
  const isKeptOff = isLookedUp && model.data !== undefined && !mayFetch(model.data, chosen);
  return (
    <>
      <HubSwitch settings={settings} />
      <AddForm
        form={isLookedUp ? form : { ...form, submit: () => setAsked(typed) }}
        isReady={Object.keys(refused).length === 0 && (!isAsked || isLookedUp) && !isKeptOff}
        submitLabel={!isLookedUp ? "Look up" : chosen === undefined ? "Fetch" : `Fetch ${formatBytes(chosen.sizeBytes)}`}
      >
        <TextField
          label="Model on the hub"
          field="id"
          className="input mono"
          value={value.id}
          placeholder="owner/name"
          hint={`Architectures: ${[...DECODER_NAMES, ...ENCODER_NAMES].join(", ")}`}
          error={isComplete(typed.id, settings.data?.isOn) && refused["id"] !== undefined ? "Use the form owner/name" : undefined}
          onValueChange={(id) => change({ id, file: "" })}
        />
        {settings.data?.isOn === true && !isAsked ? (
          <FoundModels
            typed={typed.id}
            onChoose={(id) => {
              change({ id, file: "" });
              setAsked({ id, revision: typed.revision });
            }}
          />
        ) : null}
        <TextField
          label="Revision"
          field="revision"
          className="input mono"
          value={value.revision}
          placeholder="main"
          error={refused["revision"] === undefined ? undefined : "At most 100 characters"}
          onValueChange={(revision) => change({ revision })}
        />
        {isAsked && model.data === undefined && model.error === null ? <p className="note">Looking up {asked.id}…</p> : null}
        {isLookedUp && model.error !== null && model.data === undefined ? (
          <ErrorNote title="Could not look up the model">{messageOf(model.error)}</ErrorNote>
        ) : null}
        {isAsked && model.data !== undefined ? <HubFacts model={model.data} chosen={chosen} onChoose={(file) => change({ file })} /> : null}
      </AddForm>
      {isAsked && (model.data?.isReadable === false || model.error !== null) ? (
        <HubToken settings={settings.data} />
      ) : (
        <Disclosure summary={`Access token${tokenWords[settings.data?.token ?? "none"]}`}>
          <HubToken settings={settings.data} />
        </Disclosure>
      )}
    </>
  );
}

const tokenWords = { entered: " (stored)", environment: " (from HF_TOKEN)", none: "" };

/** Part of a name is no mistake while it is searched. */
function isComplete(id: string, isSearched: boolean | undefined): boolean {
  return id !== "" && (isSearched !== true || id.includes("/"));
}

function hubRequest({ id, revision, file }: Named): AddModelInput {
  return {
    source: "hub",
    id: id.trim(),
    ...(revision.trim() === "" ? {} : { revision: revision.trim() }),
    ...(file === "" ? {} : { file }),
  };
}

function hubRefusals(values: Named) {
  return refusalsOf(addModelRequest, hubRequest({ ...values, file: "" }), ["id", "revision"]);
}
