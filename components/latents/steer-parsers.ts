import { createMultiParser, createParser, parseAsString } from "nuqs/server";
import { isSameList } from "@/components/ui/address/parsers";
import { type Edit, editList, type LatentRef, latentRef, mostEdits } from "@/lib/contract/edit";
import { editFromText, editToText } from "./edit-text";

/** The edits of an address, one a value; those that make no sense are left out. */
const parseAsEdits = createMultiParser<readonly Edit[]>({
  parse: (texts) => {
    const edits = texts.flatMap((text) => editFromText(text) ?? []);
    return editList.safeParse(edits).success ? edits : edits.slice(0, mostEdits);
  },
  serialize: (edits) => edits.map(editToText),
  eq: isSameList,
}).withDefault([]);

/** What every address of a page that steers says, of text or of answers; `add` holds edits to append to those already on the page. */
export const steeredParameters = { collection: parseAsString, edit: parseAsEdits, add: parseAsEdits };

/** A latent as `module*index`. */
export const parseAsLatent = createParser<LatentRef>({
  parse: (text) => {
    const [module, index] = text.split("*");
    const parsed = latentRef.safeParse({ module, index: index === undefined || index === "" ? undefined : Number(index) });
    return parsed.success ? parsed.data : null;
  },
  serialize: ({ module, index }) => `${module}*${index}`,
});
