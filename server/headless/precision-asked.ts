import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { frozenForm } from "@/lib/contract/frozen-form";
import { type Precision, precisionOf } from "@/server/runtime/models/load-base-model";
import { type Arguments, UsageError } from "./arguments";
import { parseJsonFile } from "./json-input";

/** What `train` writes beside the adapter: what the run cost and what made it. */
export const recordName = "run.json";

const record = z.object({ provenance: z.object({ askedDtype: frozenForm.default("float32") }).optional() });

/**
 * How the base model computes: as `--frozen-dtype` says, else as the run that trained the adapter, else in float32.
 *
 * @throws UsageError, FileError naming what the record of the run does not say
 */
export function precisionAsked(given: Arguments): Precision {
  const text = given.value("frozen-dtype");
  if (text === undefined) return precisionOf({ frozenDtype: formOfRun(given.value("adapter")) });
  const parsed = frozenForm.safeParse(text);
  if (!parsed.success)
    throw new UsageError(`--frozen-dtype is ${new Intl.ListFormat("en", { type: "disjunction" }).format(frozenForm.options)}`);
  return precisionOf({ frozenDtype: parsed.data });
}

function formOfRun(adapterFolder: string | undefined) {
  const path = join(adapterFolder ?? "", recordName);
  const isRun = adapterFolder !== undefined && existsSync(path);
  return (isRun ? parseJsonFile(path, record).provenance?.askedDtype : undefined) ?? "float32";
}
