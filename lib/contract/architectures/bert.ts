import type { EncoderArchitecture } from "./architecture";
import { demandOneOf, whole, wholeFromZero } from "./config-keys";
import { BERT_NAMES, type BertConfig, type EncoderNames } from "./encoder-config";
import { encoderSizes } from "./encoder-keys";

/** What BERT and RoBERTa differ by: how positions count, and the head. */
type Variant = { readonly names: EncoderNames; readonly padId: number; readonly positionsFrom: BertConfig["positionsFrom"] };

export const bert = variant({
  names: { prefix: "bert", inner: BERT_NAMES, pooler: "bert.pooler.dense", dense: undefined, scores: "classifier" },
  padId: 0,
  positionsFrom: "zero",
});

export const roberta = variant({
  names: { prefix: "roberta", inner: BERT_NAMES, pooler: undefined, dense: "classifier.dense", scores: "classifier.out_proj" },
  padId: 1,
  positionsFrom: "padId",
});

function variant({ names, padId: standardPadId, positionsFrom }: Variant): EncoderArchitecture {
  return {
    kind: "encoder",
    defaultTargets: ["query", "value"],
    residualWriters: [],
    names,
    parse(raw): BertConfig {
      demandOneOf(raw, "position_embedding_type", "absolute", ["absolute"]);
      for (const key of ["is_decoder", "add_cross_attention"]) {
        if (raw[key] === true) throw new Error(`config.json: ${key} is true, which is not supported`);
      }
      const numPositions = whole(raw, "max_position_embeddings");
      const padId = wholeFromZero(raw, "pad_token_id", standardPadId);
      return {
        ...encoderSizes(raw, 1e-12),
        family: "bert",
        names,
        numPositions,
        padId,
        positionsFrom,
        typeVocab: wholeFromZero(raw, "type_vocab_size", 2),
        contextLength: positionsFrom === "padId" ? numPositions - padId - 1 : numPositions,
        poolerActivation: "tanh",
      };
    },
  };
}
