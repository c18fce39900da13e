import { z } from "zod";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import type { Arguments } from "./arguments";
import { parseJsonFile } from "./json-input";

/** Writes the ids of each string, special tokens as the tokenizer adds them. */
export async function tokenize(given: Arguments): Promise<void> {
  const strings = parseJsonFile(given.required("input"), z.array(z.string()));
  const tokenizer = loadTokenizer(given.required("model"));
  const ids = strings.map((text) => tokenizer.encode(text, { addSpecialTokens: true }));
  writeFileAtomically(given.required("output"), [JSON.stringify(ids), "\n"]);
}
