"use client";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "@/components/ui/error-note";
import { FailedPart } from "@/components/ui/failed-part";
import type { QueryReading } from "@/components/ui/query-state";
import { Switch } from "@/components/ui/switch";
import { saveHubMutation } from "@/lib/client/hub";
import type { HubSettings } from "@/lib/contract/hub";

/** Whether what is typed is searched on the hub; says where it then goes. */
export function HubSwitch({ settings }: { readonly settings: QueryReading<HubSettings> }) {
  const save = useMutation(saveHubMutation());
  const host = settings.data === undefined ? "the hub" : new URL(settings.data.address).host;
  return (
    <div className="stack gap-4">
      <Switch
        label="Search the hub as you type"
        isOn={settings.data?.isOn ?? false}
        isDisabled={settings.data === undefined || save.isPending}
        onIsOnChange={(isOn) => save.mutate({ isOn })}
      />
      <span className="note">What you type is sent to {host}. While off, nothing is sent until you look up or fetch a model.</span>
      <FailedPart query={settings} failure="Could not load the hub's settings" />
      {save.error === null ? null : (
        <span className="status bad small" role="alert">
          {messageOf(save.error)}
        </span>
      )}
    </div>
  );
}
