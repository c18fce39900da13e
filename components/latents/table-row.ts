import { createParser, createSerializer } from "nuqs/server";
import { parseAsNumber } from "@/components/ui/address/parsers";

/** The row of a latent in the table that it was opened from. */
export const rowParameter = {
  at: createParser<number>({
    parse: (text) => {
      const at = parseAsNumber.parse(text);
      return at !== null && Number.isInteger(at) && at >= 0 ? at : null;
    },
    serialize: String,
  }),
};

/** The address of a latent with its row in the table. */
export const withTableRow = createSerializer(rowParameter);
