import { createLoader, parseAsString } from "nuqs/server";

/** The model whose modules and runs are shown; the first of the list where none is named. */
export const modelsParameters = { show: parseAsString };
export const readModelsAddress = createLoader(modelsParameters);
