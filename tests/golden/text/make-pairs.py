"""python make-pairs.py MINILM_FOLDER (tokenizers, transformers): what Hugging Face's tokenizers makes of single texts and pairs.

Two tokenizers: all-MiniLM's, which stays where it is, and a byte-level one with RoBERTa's special tokens, which is small and stored here.
"""
import json, random, sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

SENTENCES = ["A man is playing a guitar on the stage.", "Nobody plays.", "", "  Spaced  out\ttext ", "Café déjà-vu, 東京 🦊!",
             "It's 12,345.67 dollars; isn't it?", "The quick brown fox jumps over the lazy dog " * 4, "yes", "[SEP] and </s> in a text"]

small = Tokenizer(models.BPE())
small.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
small.decoder = decoders.ByteLevel()
small.train_from_iterator(SENTENCES, trainers.BpeTrainer(vocab_size=300, special_tokens=["<s>", "<pad>", "</s>"],
                                                         initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
small.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))


def rows(tokenizer):
    r = random.Random(7)
    cases = [(a, None, m) for a in SENTENCES for m in (64, 9, 2)]
    cases += [(r.choice(SENTENCES), r.choice(SENTENCES), r.choice([4, 5, 8, 11, 12, 17, 64])) for _ in range(70)]
    cases += [(SENTENCES[0], SENTENCES[0], m) for m in range(4, 24)]
    out = []
    for first, second, most in cases:
        # A batch of one: for a single row transformers takes an empty second text for none.
        both = [[first]] if second is None else [[first], [second]]
        got = tokenizer(*both, truncation="longest_first", max_length=most, return_token_type_ids=True)
        out.append(dict(first=first, second=second, maxTokens=most, ids=got["input_ids"][0], types=got["token_type_ids"][0]))
    return out


roberta = PreTrainedTokenizerFast(tokenizer_object=small, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
json.dump(dict(bert=rows(AutoTokenizer.from_pretrained(sys.argv[1])), roberta=rows(roberta), robertaTokenizer=json.loads(small.to_str())),
          open("pairs.json", "w"), ensure_ascii=False)
