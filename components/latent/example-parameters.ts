import { createParser, type inferParserType, parseAsString } from "nuqs/server";
import { parseAsNumber } from "@/components/ui/address/parsers";
import type { ExampleChoice } from "./example-groups";

/** What a latent's address says of its examples; their names there, where they differ. */
export const exampleParameters = {
  band: createParser<number | "top">({
    parse: (text) => {
      if (text === "top") return text;
      const band = parseAsNumber.parse(text);
      return band !== null && Number.isInteger(band) && band > 0 ? band : null;
    },
    serialize: String,
  }),
  from: parseAsNumber,
  to: parseAsNumber,
  domain: parseAsString,
};
export const exampleNames = { domain: "show" } as const;

/** A range of activations goes before a band. */
export function choiceOf(values: inferParserType<typeof exampleParameters>): ExampleChoice {
  return values.from === null && values.to === null ? values : { ...values, band: null };
}
