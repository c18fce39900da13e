import { createLoader, createParser, createSerializer, type inferParserType } from "nuqs/server";
import { parseAsText } from "@/components/ui/address/parsers";

const parseAsSize = createParser<number>({
  parse: (text) => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : null),
  serialize: String,
});

/** What a new run begins from: the stored configuration of another, a model, a dataset; and sizes (`LinkSizes`). */
export const newRunParameters = {
  from: parseAsText,
  model: parseAsText,
  data: parseAsText,
  rank: parseAsSize,
  k: parseAsSize,
  numLatents: parseAsSize,
  steps: parseAsSize,
};
export type NewRunAddress = inferParserType<typeof newRunParameters>;

export const readNewRunAddress = createLoader(newRunParameters);
export const writeNewRunAddress = createSerializer(newRunParameters);

/** The form of a new run that begins with these. */
export function newRunHref(begins: Partial<NewRunAddress>): string {
  return writeNewRunAddress("/runs/new", begins);
}
