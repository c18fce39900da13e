"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { JobLine } from "@/components/shell/job-line";
import { isJobNews } from "@/components/shell/job-news";
import { LibraryActions } from "@/components/shell/library-actions";
import { newRunHref } from "@/components/shell/new-run-address";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { HeadCell } from "@/components/ui/table-head";
import { useNow } from "@/components/ui/use-now";
import { jobsQuery } from "@/lib/client/jobs";
import { deleteModelMutation, modelsQuery } from "@/lib/client/models";
import { type ImageInput, isDiffusion, isEncoder, type ModelSummary, readsImagesInText } from "@/lib/contract/model";
import { formatBytes, formatCount, formatInteger, formatPlural } from "@/lib/numbers/format";
import { AddModel } from "./add-model";
import { ModelDetail } from "./model-detail";
import styles from "./models.module.css";
import { modelsParameters } from "./models-address";
import { OnThisMachine } from "./on-this-machine";

/** Installed base models, the modules and runs of the open one (`?show=`), those being added, and the form to add one. */
export function ModelsPage() {
  const [shownId, setShownId] = useQueryState("show", modelsParameters.show);
  const models = useQuery(modelsQuery());
  const open = models.data?.find(({ id }) => id === shownId) ?? models.data?.[0];
  const { data: allJobs } = useQuery(jobsQuery());
  const jobs = (allJobs ?? []).filter((job) => job.kind === "fetchModel" || job.kind === "addModel");
  const now = useNow(60_000);
  const shown = jobs.filter((job) => isJobNews(job, now)).slice(0, 6);
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Models</h1>
        <span className="sub">{models.data ? formatPlural(models.data.length, "base model") : ""}</span>
      </div>
      <div className={`columns aside gap-16 stacks-1080 ${styles["layout"]}`}>
        <div className="stack wide">
          {shown.length > 0 ? (
            <Panel title="In progress">
              <div className="stack wide">
                {shown.map((job) => (
                  <JobLine key={job.id} job={job} />
                ))}
              </div>
            </Panel>
          ) : null}
          {models.error && !models.data ? (
            <ErrorNote title="Could not load the models" actions={<Button onClick={() => void models.refetch()}>Try again</Button>}>
              {messageOf(models.error)}
            </ErrorNote>
          ) : (
            <section className="panel" aria-label="Installed models">
              {models.data?.length === 0 ? (
                <EmptyState title="No models yet">
                  Add a Hugging Face folder or a GGUF file, or fetch SmolLM2-135M. The demonstration on the Runs page includes a small one.
                </EmptyState>
              ) : (
                // Tasks are shown above the list; both render at once, so that neither shifts the other.
                <ModelTable
                  models={allJobs === undefined ? undefined : models.data}
                  shownId={open?.id ?? null}
                  onShow={(id) => void setShownId(id)}
                />
              )}
            </section>
          )}
          {open === undefined || allJobs === undefined ? null : <ModelDetail key={open.id} model={open} />}
          <OnThisMachine />
        </div>
        <AddModel />
      </div>
    </main>
  );
}

type ModelTableProps = {
  readonly models: readonly ModelSummary[] | undefined;
  readonly shownId: string | null;
  readonly onShow: (id: string) => void;
};

function ModelTable({ models, shownId, onShow }: ModelTableProps) {
  return (
    <div className="scrollx">
      <table className={`table stacks still ${styles["table"]}`}>
        <thead>
          <tr>
            <HeadCell>Model</HeadCell>
            <HeadCell>Architecture</HeadCell>
            <HeadCell isNumeric>Parameters</HeadCell>
            <HeadCell isNumeric unit="layers × hidden size">
              Shape
            </HeadCell>
            <HeadCell isNumeric unit="tokens">
              Context
            </HeadCell>
            <HeadCell isNumeric unit="on disk">
              Size
            </HeadCell>
            <HeadCell>Chat template</HeadCell>
            <HeadCell>
              <span className="vh">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {models ? (
            models.map((model) => <ModelRow key={model.id} model={model} isShown={model.id === shownId} onShow={() => onShow(model.id)} />)
          ) : (
            <SkeletonRows rows={3} columns={8} />
          )}
        </tbody>
      </table>
    </div>
  );
}

function kindOf(model: ModelSummary): string | null {
  if (readsImagesInText(model)) return "vision-language";
  return isEncoder(model) ? "encoder" : isDiffusion(model) ? "diffusion" : null;
}

/** How many tokens an image has, where they are not all that the model reads. */
function imageTokens({ tokensInPrompt }: ImageInput): string {
  return tokensInPrompt === undefined ? "an image" : `(${formatInteger(tokensInPrompt)} an image)`;
}

function ModelRow({ model, isShown, onShow }: { model: ModelSummary; isShown: boolean; onShow: () => void }) {
  const remove = useMutation(deleteModelMutation());
  return (
    <tr aria-selected={isShown}>
      <td>
        <span className={`stack gap-0 ${styles["name"]}`}>
          <button type="button" className={`bare strong ${styles["open"]}`} aria-pressed={isShown} onClick={onShow}>
            {model.name}
          </button>
          <span className="tiny dim mono cut" title={`${model.path}, ${model.revision}`}>
            {model.path}
          </span>
        </span>
      </td>
      <td data-label="Architecture">
        {model.architecture} <span className="dim">{[kindOf(model), model.format].filter(Boolean).join(", ")}</span>
      </td>
      <td className="num" data-label="Parameters">
        {formatCount(model.parameters)}
      </td>
      <td className="num" data-label="Layers × hidden size">
        {formatInteger(model.numLayers)} × {formatInteger(model.dModel)}
      </td>
      <td className="num" data-label="Context, tokens">
        {formatInteger(model.contextLength)}
        {model.images == null ? null : <span className="dim"> {imageTokens(model.images)}</span>}
      </td>
      <td className="num" data-label="On disk">
        {formatBytes(model.sizeBytes)}
      </td>
      <td className="dim" data-label="Chat template">
        {model.hasChatTemplate ? "yes" : "none"}
      </td>
      <td>
        <LibraryActions id={model.id} newRunHref={newRunHref({ model: model.id })} remove={remove} />
      </td>
    </tr>
  );
}
