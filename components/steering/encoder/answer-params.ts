import { stateSuffix } from "@/components/latents/address-state";
import { editFromText, editToText } from "@/components/latents/edit-text";
import { type Edit, editList, type LatentRef, latentRef } from "@/lib/contract/edit";

/** What is shown of each class: its probability, or its score before softmax. */
export type AnswerView = "probability" | "score";

/** All that a link to the page of an encoder's run reproduces. */
export type AnswerParams = {
  readonly collectionId: string | null;
  readonly text: string;
  /** The second text of a pair; null where one is read alone. */
  readonly second: string | null;
  readonly edits: readonly Edit[];
  readonly view: AnswerView;
  /** The latent that shades the tokens; null where what the edits inject does. */
  readonly shaded: LatentRef | null;
};

const longestText = 20_000;
const mostEdits = 256;

/** Reads a query string; what makes no sense is left out, so that the rest of a link still opens. */
export function readAnswerParams(search: URLSearchParams): AnswerParams {
  const edits = search.getAll("edit").flatMap((text) => editFromText(text) ?? []);
  return {
    collectionId: search.get("collection"),
    text: (search.get("prompt") ?? "").slice(0, longestText),
    second: search.get("second")?.slice(0, longestText) ?? null,
    edits: editList.safeParse(edits).success ? edits : edits.slice(0, mostEdits),
    view: search.get("view") === "score" ? "score" : "probability",
    shaded: latentFromText(search.get("colour") ?? ""),
  };
}

/** The end of the address that says these parameters, defaults left out. */
export function writeAnswerParams({ collectionId, text, second, edits, view, shaded }: AnswerParams): string {
  const search = new URLSearchParams();
  if (text !== "") search.set("prompt", text);
  if (second !== null) search.set("second", second);
  if (collectionId !== null) search.set("collection", collectionId);
  for (const edit of edits) search.append("edit", editToText(edit));
  if (view !== "probability") search.set("view", view);
  if (shaded !== null) search.set("colour", `${shaded.module}*${shaded.index}`);
  return stateSuffix(search);
}

function latentFromText(text: string): LatentRef | null {
  const [module, index] = text.split("*");
  const parsed = latentRef.safeParse({ module, index: index === undefined || index === "" ? undefined : Number(index) });
  return parsed.success ? parsed.data : null;
}
