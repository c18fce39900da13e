import { extname } from "node:path";
import type { RunConfig } from "@/lib/contract/run-config";
import { takeRows } from "@/server/files/data/data-set";
import { detectCaptions, detectImages, detectLabelled, detectShape } from "@/server/files/data/data-set-shape";
import { FileError } from "@/server/files/file-error";
import { openImageData } from "@/server/files/images/image-data";
import type { LabelledKind } from "@/server/runtime/models/kinds/model-kind";
import { kindAt } from "@/server/runtime/models/kinds/model-kinds";
import { readsPromptImages } from "@/server/runtime/models/load-base-model";

/**
 * Rows that were prepared beforehand, or texts or images whose columns are recognised by their names.
 *
 * @param labelled what is looked for first, with a label
 * @param hasImages whether texts may come with images
 * @throws FileError when there are no rows, or no columns that are recognised
 */
export async function dataAt(path: string, labelled: LabelledKind | null, hasImages = false): Promise<RunConfig["data"]> {
  if (extname(path) === ".safetensors") return { kind: "tokenRows", path };
  const rows = await takeRows(await openImageData(path), 0, 20);
  if (rows.length === 0) throw new FileError("invalid", path, "has no rows: give a file with at least one text");
  if (labelled === "images") {
    const mapping = detectImages(rows);
    if (mapping !== null) return { ...whole, path, mapping };
    throw new FileError("invalid", path, "has no recognised columns; expected image and label: a folder for each class has them");
  }
  const mapping = (labelled === "texts" ? detectLabelled(rows) : null) ?? (hasImages ? detectCaptions(rows) : detectShape(rows));
  if (mapping === null) {
    throw new FileError(
      "invalid",
      path,
      "has no recognised columns; expected text, prompt and completion, instruction and output, or messages",
    );
  }
  return { ...whole, path, mapping };
}

/** What data at a path is for a model. @throws FileError as `kindAt` */
export function dataFor(path: string, model: string): Promise<RunConfig["data"]> {
  return dataAt(path, kindAt(model).labelled, readsPromptImages(model));
}

const whole = { kind: "dataSet", useChatTemplate: false, domains: null, validationRows: 0 } as const;
