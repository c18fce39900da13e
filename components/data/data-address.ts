import { createLoader, parseAsString } from "nuqs/server";

/** The dataset whose rows are shown. The server renders the page's title and its rows from it. */
export const dataParameters = { show: parseAsString.withOptions({ shallow: false }) };
export const readDataAddress = createLoader(dataParameters);
