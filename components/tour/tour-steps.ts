import { steerHref } from "@/components/latents/steer-href";
import { latestOfEachMethod } from "@/components/runs/demonstration-stages";
import type { LatentRef } from "@/lib/contract/edit";
import type { RunSummary } from "@/lib/contract/run";

export type TourStep = { readonly name: string; readonly text: string; readonly href: string };

export type TourRuns = { readonly run: RunSummary; readonly other: RunSummary; readonly collectionId: string };

/** The runs of the demonstration that the tour shows, STAN first; null until both are there and the first has statistics. */
export function tourRuns(runs: readonly RunSummary[]): TourRuns | null {
  const [run, other] = latestOfEachMethod(runs);
  if (run === undefined || other === undefined || run.collection?.status !== "finished") return null;
  return { run, other, collectionId: run.collection.id };
}

/** From a run to a finding, on the demonstration's runs. @param latent the first of the table */
export function tourSteps({ run, other, collectionId }: TourRuns, { module, index }: LatentRef): readonly TourStep[] {
  const home = `/runs/${encodeURIComponent(run.id)}`;
  return [
    { name: "A run", text: "What the adapter learned: its loss over training, and held-out loss against the base model.", href: home },
    {
      name: "Its latents",
      text: "Every latent: how often it fires, on which tokens, and what ablating it costs. The most informative come first.",
      href: `${home}/latents`,
    },
    {
      name: "One latent",
      text: "Read it in context: examples from weak to strong activations, coloured by activation.",
      href: `${home}/latents/${encodeURIComponent(module)}/${index}`,
    },
    {
      name: "Steer",
      text: "The latent is now in the list of edits. Scale it, press Run, and compare base, adapter and edited text side by side.",
      href: steerHref(run.id, collectionId, [{ module, index }], "scale"),
    },
    {
      name: "Compare",
      text: "STAN against LoRA on an equal budget: which reaches the lower loss, and whether the difference is significant.",
      href: `/compare?runs=${encodeURIComponent(run.id)},${encodeURIComponent(other.id)}`,
    },
  ];
}
