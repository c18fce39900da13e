import { type Edit, type EditFile, editFile, editList } from "@/lib/contract/edit";
import { neuronpediaSteering } from "@/lib/contract/neuronpedia-steering";
import { neuronpediaEdits } from "./neuronpedia-edits";
import { type EditHome, placedEdits, type Unplaced } from "./placed-edits";

export type OpenedEdits = {
  readonly kind: "opened";
  /** What the list was called where it was saved. */
  readonly name: string | undefined;
  readonly edits: readonly Edit[];
  readonly unplaced: readonly Unplaced[];
  readonly isNeuronpedia: boolean;
};
export type RefusedEdits = { readonly kind: "refused"; readonly reason: string };

/** A list of edits as it is downloaded; the headless commands take it. */
export function writeEditFile({ run, name, edits }: Pick<EditFile, "run" | "name"> & { readonly edits: readonly Edit[] }): string {
  const file: EditFile = {
    format: "stanscope-edits",
    version: 1,
    ...(run === undefined ? {} : { run }),
    ...(name === undefined ? {} : { name }),
    edits: [...edits],
  };
  return JSON.stringify(file, null, 2);
}

/** Reads a bare list, a file of edits or what Neuronpedia's steering is sent; a refusal names the first wrong field. */
export function readEditFile(text: string, home: EditHome): OpenedEdits | RefusedEdits {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(`Invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Array.isArray(value)) return parsed(editList, value, (edits) => opened(placedEdits(edits, home)));
  if (typeof value !== "object" || value === null) return refused("Expected a list of edits, or an object that holds one.");
  if ("features" in value) return parsed(neuronpediaSteering, value, (steering) => neuronpediaOpened(neuronpediaEdits(steering, home)));
  if ("format" in value || "edits" in value) {
    return parsed(editFile, value, ({ name, edits }) => ({ ...opened(placedEdits(edits, home)), name }));
  }
  return refused(
    "Expected a list of edits, a file with “format”: “stanscope-edits”, or Neuronpedia’s “features”; this object has none of them.",
  );
}

type Issues = { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };
/** What checks the form of a file; a schema of the contract is one. */
type Form<Value> = {
  readonly safeParse: (
    value: unknown,
  ) => { readonly success: true; readonly data: Value } | { readonly success: false; readonly error: Issues };
};
type Placed = { readonly edits: readonly Edit[]; readonly unplaced: readonly Unplaced[] };

function opened({ edits, unplaced }: Placed): OpenedEdits {
  return { kind: "opened", name: undefined, edits, unplaced, isNeuronpedia: false };
}

function neuronpediaOpened({ edits, unplaced }: Placed): OpenedEdits | RefusedEdits {
  const checked = editList.safeParse(edits);
  return checked.success ? { ...opened({ edits, unplaced }), isNeuronpedia: true } : refused(firstIssue(checked.error));
}

function parsed<Value>(
  form: Form<Value>,
  value: unknown,
  onValue: (value: Value) => OpenedEdits | RefusedEdits,
): OpenedEdits | RefusedEdits {
  const result = form.safeParse(value);
  return result.success ? onValue(result.data) : refused(firstIssue(result.error));
}

function refused(reason: string): RefusedEdits {
  return { kind: "refused", reason };
}

/** `edits[2].latent.index: …`; places in lists count from 0, as in the file. */
function firstIssue({ issues: [issue] }: Issues): string {
  if (issue === undefined) return "Not a list of edits.";
  const field = issue.path.reduce<string>(
    (path, part) => (typeof part === "number" ? `${path}[${part}]` : path === "" ? String(part) : `${path}.${String(part)}`),
    "",
  );
  return field === "" ? issue.message : `${field}: ${issue.message}`;
}
