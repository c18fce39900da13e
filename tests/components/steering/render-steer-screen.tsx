import { replacedDraftName, steerDraftName } from "@/components/latents/steer-draft";
import { SteerScreen } from "@/components/steering/steer-screen";
import { writeDraft } from "@/components/ui/drafts";
import { collectionsQuery, contextQueryOptions, latentQueryOptions } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import type { CollectionModule, LatentExample } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import { runConfig } from "@/lib/contract/run-config";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith } from "@/tests/support/latent-detail";
import { renderPage, testClient } from "@/tests/support/page";
import { Router } from "@/tests/support/router";
import { latent, type Steered } from "./steered-tasks";

const module: CollectionModule = {
  name: "m",
  layer: 2,
  projection: "v_proj",
  numLatents: 7,
  dead: 0,
  alwaysOn: 0,
  colourMax: 5,
  updateNorm: null,
  frozenNorm: null,
  updateRange: null,
  meanAbsAttribution: null,
};

/** It fires most at the last word of the row `a dull film`. */
const example: LatentExample = {
  rank: 0,
  activation: 2,
  domain: null,
  context: 5,
  row: 5,
  position: 3,
  peak: 3,
  tokens: ["", " a", " dull", " film"].map((text) => ({ text, activation: 0 })),
  duplicates: 0,
};

/** The page of run `r` with what it reads first, opened at an address. */
export function renderSteerScreen({ task, endpoint }: Steered, search: string, change: Partial<RunSummary> = { status: "finished" }) {
  window.history.replaceState(null, "", `/runs/r/steer${search}`);
  const { config, ...detail } = runDetailFixture({ steps: 3, step: 3 });
  const run = { ...detail.run, ...change };
  const mapping = endpoint === "text" ? { kind: "labelled", text: "text", label: "label" } : { kind: "text", text: "text" };
  const own = runConfig.parse({ ...config, task, data: { ...config.data, mapping } });
  const client = testClient();
  client.setQueryData(runRecordQuery("r").queryKey, recordOf({ ...detail, run, config: own }));
  client.setQueryData(collectionsQuery("r").queryKey, [collectionWith({ modules: [module] })]);
  client.setQueryData(modelsQuery().queryKey, []);
  client.setQueryData(runsQuery().queryKey, { runs: [run], snapshot: { next: 1, open: [] } });
  const words = ["[CLS]", " a", " dull", " film", "[SEP]"];
  client.setQueryData(latentQueryOptions({ collectionId: "c" }, latent).queryKey, latentDetailWith({ examples: [example] }));
  client.setQueryData(contextQueryOptions("c", 5, latent).queryKey, {
    row: 5,
    domain: null,
    tokens: words.map((text) => ({ text, activation: null })),
  });
  return renderPage(
    <Router>
      <SteerScreen runId="r" />
    </Router>,
    client,
  );
}

/** Drops the drafts, as in a new tab of the browser. */
export function dropSteerDrafts(): void {
  sessionStorage.clear();
  for (const nameOf of [steerDraftName, replacedDraftName]) writeDraft(nameOf("r"), undefined);
}
