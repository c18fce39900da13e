import type { LatentRef } from "@/lib/contract/edit";
import type { BulkRequest, BulkResult, BulkRow } from "@/lib/contract/study";
import { rowsOfStudy } from "@/lib/contract/study-cost";
import { armHooks } from "@/server/engine/adapters/arms";
import type { Progress } from "@/server/engine/evaluation/progress";
import { withoutEnd } from "./own-texts";
import { SettingMeasurement } from "./setting-measurement";
import { effectOf, type SettingReadings } from "./setting-readings";
import {
  armWith,
  demandLatent,
  type StudiedEdit,
  type StudyContext,
  type StudyPrompt,
  type StudyTarget,
  studiedEdit,
  type Work,
} from "./study-context";
import { layMaterial, type StudyMaterial } from "./study-material";
import { track } from "./track";

export type BulkStudy = {
  readonly request: BulkRequest;
  readonly prompts: readonly StudyPrompt[];
  readonly targets: readonly StudyTarget[];
  /** Each with its raw value, null where the operation takes none. */
  readonly latents: readonly { readonly latent: LatentRef; readonly value: number | null }[];
};

/** Settings of one layer whose rows are laid into passes together. */
const SETTINGS_TOGETHER = 32;

/** Most activations that are held between passes: 256 MiB of them. */
const ACTIVATIONS = 2 ** 26;

/** A latent to be tried, by its place in the request. */
type Trial = { readonly place: number; readonly edit: StudiedEdit; readonly layer: number; readonly value: number | null };

/**
 * Tries many latents with one operation. The unchanged arm comes first, then the latents by layer; rows stand in the order of
 * the latents given. Yields after every pass with the rows that are there.
 *
 * @throws RangeError when there is no prompt or latent, the adapter lacks a latent or the operation, a text does not fit the model's
 * context, or a reading is not a finite number
 */
export function studyBulk(context: StudyContext, study: BulkStudy): Generator<Progress<BulkResult> | undefined, BulkResult, void> {
  const { request, prompts, targets, latents } = study;
  if (latents.length === 0) throw new RangeError("a bulk study needs at least one latent");
  const trials = latents.map(({ latent, value }, place): Trial => {
    const { layer } = demandLatent(context.adapter, latent);
    return { place, layer, value, edit: studiedEdit(request.operation, latent, value, request) };
  });
  armHooks(trials.map(({ edit }) => armWith(context, [...request.edits, edit])));
  const rows = new Array<BulkRow | undefined>(latents.length).fill(undefined);
  const result: BulkResult = {
    kind: "bulk",
    targets: targets.map(({ text }) => text),
    rows: [],
    adapter: null,
    prompts: [],
    positions: 0,
  };
  const present = () => ({ ...result, rows: rows.filter((row) => row !== undefined), prompts: [...result.prompts] });
  const plan = { prompts: prompts.length, targets: targets.length, heldOutRows: 0, settings: latents.length, hasOwnTexts: false };
  return track(tryLatents(context, study, trials, { result, rows, present }), rowsOfStudy(plan), present);
}

/** Where results go. */
type Sink = { readonly result: BulkResult; readonly rows: (BulkRow | undefined)[]; readonly present: () => BulkResult };

function* tryLatents(context: StudyContext, study: BulkStudy, trials: readonly Trial[], { result, rows, present }: Sink): Work<BulkResult> {
  const { request, prompts, targets } = study;
  const { edits, continuationTokens } = request;
  const material = yield* layMaterial(context, { edits, prompts, targets, continuationTokens, rows: [] });
  result.prompts.push(
    ...prompts.map(({ text }, prompt) => ({
      text,
      continuation: context.decode(withoutEnd(material.continuations[prompt] ?? [], context.endIds)),
    })),
  );
  result.positions = material.continuations.reduce((sum, continuation) => sum + continuation.length, 0);
  const measurement = new SettingMeasurement(context, edits, material);
  try {
    const unchanged = yield* measurement.readUnchanged();
    result.adapter = effectOf(unchanged.adapter, unchanged.adapter);
    for (const ofLayer of groupsOf(trials, material)) {
      const [first] = ofLayer;
      if (first === undefined) continue;
      yield* measurement.beginAt(
        first.layer,
        ofLayer.map(({ edit }) => edit.latent),
      );
      for (const group of cut(ofLayer, SETTINGS_TOGETHER)) {
        const readings = yield* measurement.measure(
          group.map(({ edit }) => edit),
          unchanged,
        );
        group.forEach(({ place, edit: { latent }, value }, i) => {
          rows[place] = {
            ...effectOf(readings[i] as SettingReadings, unchanged.adapter),
            latent,
            value,
            firings: measurement.firingsOf(latent),
          };
        });
      }
    }
  } finally {
    measurement.free();
  }
  return present();
}

/** Trials by layer, the lowest first, cut so that their latents' activations fit into memory. */
function groupsOf(trials: readonly Trial[], { chunks }: StudyMaterial): Trial[][] {
  const positions = chunks.reduce((sum, { batch }) => sum + batch.rows * batch.tokens, 0);
  const layers = [...new Set(trials.map(({ layer }) => layer))].sort((a, b) => a - b);
  return layers.flatMap((layer) =>
    cut(
      trials.filter((trial) => trial.layer === layer),
      Math.max(1, Math.floor(ACTIVATIONS / positions)),
    ),
  );
}

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
