"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { FailedPart } from "@/components/ui/failed-part";
import { Panel } from "@/components/ui/panel";
import { hubCacheQuery } from "@/lib/client/hub";
import { addModelMutation, modelsQuery } from "@/lib/client/models";
import type { CachedModel } from "@/lib/contract/hub";
import { formatBytes } from "@/lib/numbers/format";
import { mayRun, supportWords } from "./hub/support-words";
import styles from "./models.module.css";

/** Models that other tools have fetched from the hub already: each is added in place by one click. Nothing where there are none. */
export function OnThisMachine() {
  const cache = useQuery(hubCacheQuery());
  const { data: added } = useQuery(modelsQuery());
  const isAdded = (model: CachedModel) => added?.some(({ path, revision }) => path === model.path || revision === model.revision);
  const models = added === undefined ? [] : (cache.data?.models ?? []).filter((model) => !isAdded(model));
  if (cache.error !== null && cache.data === undefined)
    return <FailedPart query={cache} failure="Could not look for models on this machine" />;
  if (models.length === 0) return null;
  return (
    <Panel title="On this machine" aside={<span className="note mono cut">{cache.data?.folder}</span>}>
      <ul className={styles["cached"]} aria-label="Models in the Hugging Face cache">
        {models.map((model) => (
          <CachedLine key={model.path} model={model} />
        ))}
      </ul>
    </Panel>
  );
}

function CachedLine({ model }: { readonly model: CachedModel }) {
  const { id, revision, path, format, sizeBytes, support } = model;
  const add = useMutation(addModelMutation());
  const name = format === "gguf" ? (path.split("/").at(-1) ?? id) : id;
  return (
    <li className="row between">
      <span className={`stack gap-0 ${styles["cachedName"]}`}>
        <b className="strong">{name}</b>
        <span className="tiny dim">
          {[
            formatBytes(sizeBytes),
            format === "gguf" ? `GGUF of ${id}` : supportWords(support),
            revision.slice(id.length + 1, id.length + 9),
          ].join(" · ")}
        </span>
        {add.error === null ? null : (
          <span className="status bad small" role="alert">
            {messageOf(add.error)}
          </span>
        )}
      </span>
      <Button
        aria-label={`Add ${name}`}
        disabled={!mayRun(support) || add.isPending || add.isSuccess}
        onClick={() => add.mutate({ source: "folder", path })}
      >
        {add.isSuccess ? "Started" : "Add"}
      </Button>
    </li>
  );
}
