import type { LatentLabel } from "@/lib/contract/label";
import type { ServiceContext } from "@/server/services/context";
import { csvLine } from "@/server/services/csv";
import { listLabels } from "./list-labels";

/** All labels as CSV or JSON text. */
export async function exportLabels(context: ServiceContext, collectionId: string, format: "csv" | "json"): Promise<AsyncGenerator<string>> {
  return write(await listLabels(context, collectionId), format);
}

async function* write(labels: readonly LatentLabel[], format: "csv" | "json"): AsyncGenerator<string> {
  if (format === "json") {
    yield `${JSON.stringify(labels, null, 2)}\n`;
    return;
  }
  yield csvLine(["module", "index", "label", "note", "source", "precision", "recall", "judge", "updatedAt"]);
  for (const label of labels) yield csvLine(fieldsOf(label));
}

function fieldsOf({ module, index, text, note, source, score, updatedAt }: LatentLabel) {
  return [module, index, text, note, source, score?.precision ?? null, score?.recall ?? null, score?.judge ?? null, updatedAt];
}
