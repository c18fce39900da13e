import { tokeniseRow } from "@/server/engine/text/rows";
import type { DataRow } from "@/server/files/data/data-row";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { readRows } from "./read-rows";
import type { RowSource } from "./row-source";
import { readTokenRowFile, type TokenRow } from "./token-row";

/** Rows as a language model reads them. @param purpose of rows that are tokenised beforehand: to train needs labels */
export function textRows({ path, tokenizer, model }: BaseModel, purpose: "train" | "read"): RowSource<TokenRow> {
  return {
    tokenised: (file) => readTokenRowFile(file, { vocab: model.config.vocab, purpose }),
    async texts(dataSet, wanted, { data: { mapping, useChatTemplate }, maxTokens, signal }) {
      const own = demandTokenizer(tokenizer, path);
      const template = useChatTemplate ? "chat" : "plain";
      const make = (columns: DataRow, row: number): TokenRow => {
        const { ids, labels, domain } = tokeniseRow(own, columns, mapping, { maxTokens, template, rowNumber: row });
        return { ids, labels, domain, row };
      };
      return readRows(dataSet, wanted, { columns: mappedColumns(mapping), make }, signal);
    },
  };
}
