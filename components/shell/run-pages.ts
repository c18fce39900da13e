import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { RunRecord } from "@/lib/contract/run";
import { isOfImages } from "@/lib/contract/run-config";
import { askedOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import { continuesText, taskOf } from "@/lib/contract/tasks/tasks";

type RunPage = { readonly name: string; readonly path: string };

/** The pages of a run. Without latents there is nothing to browse, edit or read on a text; concepts are of texts, measures of models that continue them, and a benchmark asks for text or an answer. All, while the run is not known. */
export function pagesOfRun(runId: string, record: RunRecord | undefined): readonly RunPage[] {
  const hasLatents = record === undefined || isLatentMethod(record.run.method);
  const readsTexts = record === undefined || !isOfImages(record.config);
  const task = record === undefined ? undefined : taskOf(record.config).kind;
  const home = `/runs/${encodeURIComponent(runId)}`;
  return [
    { name: "Overview", path: home, isThere: true },
    { name: "Latents", path: `${home}/latents`, isThere: hasLatents },
    { name: "Concepts", path: `${home}/concepts`, isThere: hasLatents && readsTexts },
    {
      name: "Measures",
      path: `${home}/measures`,
      isThere: hasLatents && readsTexts && (record === undefined || continuesText(record.config)),
    },
    { name: "Benchmarks", path: `${home}/benchmarks`, isThere: task === undefined || askedOfTask[task].length > 0 },
    { name: "Steer", path: `${home}/steer`, isThere: hasLatents },
    { name: "Your text", path: `${home}/text`, isThere: hasLatents && readsTexts },
  ].flatMap(({ isThere, ...page }) => (isThere ? [page] : []));
}
