import type { LatentEffect, TokenChange } from "@/lib/contract/effect";
import { type MeasuredEffect, measureAblations } from "@/server/engine/effects/ablation";
import { attributeLatents } from "@/server/engine/effects/attribution";
import type { MeasuredWrites } from "@/server/engine/effects/measured-writes";
import { batchRows } from "@/server/engine/models/row-batches";
import { FileError } from "@/server/files/file-error";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { type BaseModel, demandText } from "@/server/runtime/models/load-base-model";
import { inContext, longestRow } from "@/server/runtime/models/run-context";
import { demandTexts } from "@/server/runtime/rows/read-row";
import { takeSpread } from "@/server/runtime/rows/row-source";
import { labelCount } from "@/server/runtime/rows/token-row";
import {
  attributionTokens,
  describeEffects,
  type InputSource,
  type LatentModel,
  type LatentRows,
  type MeasuredSource,
} from "@/server/runtime/tasks/latent-rows";
import { type HeldOutText, heldOutText } from "./held-out-text";

/** Latents of a language model are measured on the loss of held-out text. */
export async function heldOutTextRows(model: LatentModel, source: MeasuredSource): Promise<LatentRows> {
  const base = demandText(model.base);
  const text = await heldOutText(source, base);
  return latentRows(inContext(base, longestRow(text.rows)), model, text);
}

/** So many of the rows that carry loss, evenly spread, read as the collection reads them all. @throws FileError where none does */
export async function inputTextRows(model: LatentModel, { data, collected, count }: InputSource): Promise<LatentRows> {
  const labelled = demandTexts(collected).filter((row) => labelCount(row) > 0);
  if (labelled.length === 0) {
    const problem = "no token of any row carries loss, so nothing can be attributed; leave out --attribution-rows";
    throw new FileError("invalid", data.path ?? "", problem);
  }
  const base = inContext(demandText(model.base), longestRow(collected));
  return latentRows(base, model, { rows: takeSpread(labelled, count), kind: "labelled rows" });
}

function latentRows(base: BaseModel, { adapter }: LatentModel, { rows, kind }: Pick<HeldOutText, "rows" | "kind">): LatentRows {
  return {
    count: rows.length,
    kind,
    attribute: () =>
      attributeLatents(
        base.model,
        adapter,
        batchRows(rows, attributionTokens).map(({ batch }) => batch),
      ),
    ablate: (targets, options) =>
      describeEffects(measureAblations(base.model, adapter, rows, targets, options), (effect) => named(base, effect)),
  };
}

function named({ tokenizer, model }: BaseModel, { writes, ...effect }: MeasuredEffect): LatentEffect {
  if (writes === null) return { ...effect, writes };
  const names = tokenizer ?? idsOnlyTokenizer(model.config.vocab);
  const tokens = (changes: MeasuredWrites["raised"]) =>
    changes.map(({ token, change, halfWidth }): TokenChange => ({ token: names.tokenText(token), change, halfWidth }));
  return { ...effect, writes: { raised: tokens(writes.raised), lowered: tokens(writes.lowered), positions: writes.positions } };
}
