import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { parquetWriteBuffer } from "hyparquet-writer";
import { renderChat } from "@/server/engine/text/chat";
import { createTokenizer } from "@/server/engine/text/tokenizer";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { type BaseProjections, readAdapter } from "@/server/files/adapters/adapter-folder";
import { readTrainingCheckpoint, writeTrainingCheckpoint } from "@/server/files/adapters/checkpoint-files";
import { openDataSet } from "@/server/files/data/data-set";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { unpackTree } from "@/server/interop/archives/unpack-tree";
import { type ArchiveFile, writeTar, writeTarGz } from "@/server/interop/archives/write-tar";
import { importNeuronpedia } from "@/server/interop/neuronpedia/import-neuronpedia";
import { neuronpediaFiles } from "@/server/interop/neuronpedia/neuronpedia-tree";
import { findAdapter } from "@/server/interop/peft/find-adapter";
import { takeAdapter } from "@/server/interop/peft/take-adapter";
import { readTrainingRecord } from "@/server/interop/peft/training-record";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import { unpackModel } from "@/server/services/library/unpack-model";
import { exportedLatent } from "@/tests/support/exported-latent";
import { ggufBytes } from "@/tests/support/gguf-writer";
import { tinyCheckpoint } from "@/tests/support/tiny-checkpoint";
import { diffusionReaders } from "./diffusion-readers";
import { type FileReader, fromDisk } from "./files";
import { hubReader } from "./hub-reader";
import { imageReaders } from "./image-readers";
import { modelReaders, readModel } from "./model-readers";
import { veraFolders } from "./vera-folders";

const q = "model.layers.0.self_attn.q_proj";
const base: BaseProjections = new Map([[q, { dIn: 5, dOut: 7 }]]);

const dataReaders: FileReader[] = [
  rowsReader("JSONL", "rows.jsonl", [
    '{"text":"one","n":1,"list":["a",2]}\n{"text":"two 🦊","label":"x"}\n',
    '{"messages":[{"role":"user","content":"Hi"}]}\n',
  ]),
  rowsReader("JSON", "rows.json", [
    '[{"text":"one","n":1},{"text":"two","deep":{"a":[1,2,{"b":null}]}}]',
    '{"data":[{"text":"one"}],"version":1}',
  ]),
  rowsReader("CSV", "rows.csv", ['text,label\n"one, ""quoted""",1\ntwo,2\n', "a;b\n1;2\n3;4\n"]),
  rowsReader("TSV", "rows.tsv", ["text\tlabel\none\t1\ntwo\t2\n"]),
  rowsReader("passages", "rows.txt", ["One.\n\nTwo.\n"]),
  {
    name: "Parquet",
    corpus: () => [
      ...["brotli", "gzip", "snappy", "zstd"].map((codec) => ({
        "rows.parquet": readFileSync(`tests/golden/parquet/${codec}.parquet`),
      })),
      {
        "rows.parquet": Buffer.from(
          parquetWriteBuffer({
            columnData: [
              { name: "text", data: ["one", "two"] },
              { name: "n", data: [1, 2] },
            ],
          }),
        ),
      },
    ],
    read: (folder) => readRows(join(folder, "rows.parquet")),
  },
];

function rowsReader(name: string, file: string, texts: readonly string[]): FileReader {
  return { name, corpus: () => texts.map((text) => ({ [file]: Buffer.from(text) })), read: (folder) => readRows(join(folder, file)) };
}

async function readRows(path: string): Promise<void> {
  let rows = 0;
  for await (const _ of openDataSet(path).rows()) if (++rows === 100_000) return;
}

const tokenizers = [
  {
    model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "▁": 3, "<0x0A>": 4 }, merges: ["a b"], byte_fallback: true },
    normalizer: { type: "Sequence", normalizers: [{ type: "NFKC" }, { type: "Replace", pattern: { String: " " }, content: "▁" }] },
    decoder: { type: "Sequence", decoders: [{ type: "ByteFallback" }, { type: "Fuse" }] },
  },
  {
    model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, Ġ: 3, "1": 4 }, merges: [["a", "b"]] },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: "\\s+(?!\\S)|\\s+|\\p{L}+" }, behavior: "Isolated", invert: false },
        { type: "Digits", individual_digits: true },
        { type: "ByteLevel", add_prefix_space: false, use_regex: true },
      ],
    },
    decoder: { type: "ByteLevel" },
  },
  {
    model: {
      type: "WordPiece",
      vocab: { "[UNK]": 0, "[CLS]": 1, "[SEP]": 2, a: 3, "##b": 4 },
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
    },
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "[CLS]": { id: "[CLS]", ids: [1], tokens: ["[CLS]"] }, "[SEP]": { id: "[SEP]", ids: [2], tokens: ["[SEP]"] } },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  },
  {
    model: {
      type: "Unigram",
      vocab: [
        ["<unk>", 0],
        ["▁a", -1.5],
        ["b", -2],
      ],
      unk_id: 0,
    },
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
  },
].map((parts, i) => ({
  version: "1.0",
  added_tokens: [{ id: 5 + i, content: "<s>", special: true, normalized: false, lstrip: i % 2 === 0 }],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  ...parts,
}));

const template = `{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}<|im_start|>system\n{% endif %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] | trim + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`;

const gguf = (architecture: string) =>
  ggufBytes({
    keys: [
      ["general.architecture", architecture],
      ...[
        "block_count",
        "embedding_length",
        "feed_forward_length",
        "attention.head_count",
        "attention.head_count_kv",
        "context_length",
        "vocab_size",
      ].map((key) => [`${architecture}.${key}`, key.startsWith("attention") ? 1 : 2] as const),
      [`${architecture}.attention.layer_norm_rms_epsilon`, 1e-5],
      ["tokenizer.ggml.model", "gpt2"],
      ["tokenizer.ggml.pre", "gpt-2"],
      ["tokenizer.ggml.tokens", ["a", "b", "ab", "Ġ"]],
      ["tokenizer.ggml.merges", ["a b"]],
      ["tokenizer.chat_template", template],
    ],
    tensors: [
      { name: "token_embd.weight", dimensions: [2, 4], type: 0, bytes: new Uint8Array(32) },
      { name: "output_norm.weight", dimensions: [2], type: 1, bytes: new Uint8Array(4) },
      { name: "blk.0.attn_q.weight", dimensions: [32, 2], type: 8, bytes: new Uint8Array(68) },
    ],
  });

async function* listed(files: readonly ArchiveFile[]): AsyncGenerator<ArchiveFile> {
  yield* files;
}

const place = {
  modelId: "m",
  sourceId: "3-stan-q_proj-r1",
  sourceSet: "stan-q_proj-r1",
  collectionId: "c1",
  createdAt: "2026-01-02T03:04:05.000Z",
};
function dictionary(): AsyncGenerator<ArchiveFile> {
  async function* batches() {
    yield [exportedLatent(0), exportedLatent(1)];
  }
  return neuronpediaFiles([{ place, about: { modelName: "m", layers: 4, corpus: "c", tokens: 200 }, batches }]);
}

export const fileReaders: readonly FileReader[] = [
  ...dataReaders,
  ...imageReaders,
  ...diffusionReaders,
  ...modelReaders,
  hubReader,
  {
    name: "safetensors",
    corpus(folder) {
      writeSafetensors(join(folder, "a.safetensors"), {
        a: { shape: [2, 3], data: new Float32Array(6) },
        b: { shape: [3], data: Float64Array.of(1, 2, 3) },
      });
      return [fromDisk(folder, ["a.safetensors"])];
    },
    read(folder) {
      const file = openSafetensors(join(folder, "a.safetensors"));
      try {
        for (const name of file.names()) file.read(name);
      } finally {
        file.close();
      }
    },
  },
  {
    name: "GGUF",
    corpus: () => [
      { "a.gguf": gguf("llama") },
      { "a.gguf": gguf("qwen2") },
      { "a.gguf": readFileSync("tests/golden/tiny/gpt_neox/gguf/model-q8_0.gguf") },
    ],
    read(folder) {
      const path = join(folder, "a.gguf");
      readModel(path);
      loadTokenizer(path).encode("ab a", { addSpecialTokens: true });
    },
  },
  {
    name: "model folder",
    corpus: () =>
      ["llama-odd", "gpt2-narrow", "qwen2-tied"].map((name) =>
        fromDisk(`tests/golden/models/${name}`, ["config.json", "model.safetensors"]),
      ),
    read: readModel,
  },
  {
    name: "tokenizer.json",
    corpus: () =>
      tokenizers.map((json) => ({
        "tokenizer.json": Buffer.from(JSON.stringify(json)),
        "tokenizer_config.json": Buffer.from(JSON.stringify({ bos_token: "<s>", eos_token: { content: "<s>" }, chat_template: template })),
      })),
    read(folder) {
      const tokenizer = loadTokenizer(folder);
      for (const text of ["ab a<s>\n12", " 🦊é ".repeat(50), "a".repeat(3000)]) {
        const ids = tokenizer.encode(text, { addSpecialTokens: true });
        tokenizer.decode(ids, { skipSpecialTokens: true });
        ids.slice(0, 10).map(tokenizer.tokenText);
      }
    },
  },
  {
    name: "chat template",
    corpus: () =>
      [template, "{{ bos_token }}{% for m in messages %}{% set x = m.content | trim %}[{{ m.role | upper }}] {{ x }}{% endfor %}"].map(
        (text) => ({ "template.jinja": Buffer.from(text) }),
      ),
    read(folder) {
      const chatTemplate = readFileSync(join(folder, "template.jinja"), "utf8");
      const tokenizer = createTokenizer({ kind: "huggingface", tokenizerJson: tokenizers[0], tokenizerConfig: {}, chatTemplate });
      const messages = [
        { role: "user", content: "Hello there" },
        { role: "assistant", content: "Hi" },
      ];
      renderChat(tokenizer, messages, { addGenerationPrompt: true });
    },
  },
  {
    name: "tar of a model",
    corpus: async () => [
      {
        "a.tar": await buffer(
          writeTar(
            listed([
              { name: "config.json", bytes: Buffer.from("{}") },
              { name: "sub/weights", bytes: Buffer.alloc(700) },
            ]),
          ),
        ),
      },
    ],
    // Both who unpack archives remove what was unpacked before a fault.
    read: async (folder) => void (await unpackModel(join(folder, "a.tar"), join(folder, "unpacked"))),
  },
  {
    name: "tar.gz of a folder",
    corpus: async () => [
      {
        "a.tar.gz": await buffer(
          writeTarGz(
            listed([
              { name: "x/config.json", bytes: Buffer.from("{}") },
              { name: `${"long/".repeat(30)}weights`, bytes: Buffer.alloc(700) },
            ]),
          ),
        ),
      },
    ],
    read: (folder) => unpackTree(join(folder, "a.tar.gz"), join(folder, "unpacked"), 1 << 26),
  },
  {
    name: "adapter folder",
    corpus(folder) {
      writeSafetensors(join(folder, "adapter_model.safetensors"), {
        [`base_model.model.${q}.lora_A.weight`]: { shape: [2, 5], data: new Float32Array(10) },
        [`base_model.model.${q}.lora_B.weight`]: { shape: [7, 2], data: new Float32Array(14) },
      });
      const config = toAdapterConfigFile(
        { method: "lora", rank: 2, alpha: 8, targets: { modules: ["q_proj"], layers: null } },
        { baseModel: "tiny", revision: null, fanInFanOut: false },
      );
      const expressions = {
        ...config,
        target_modules: ".*q_proj",
        exclude_modules: ".*lm_head",
        layers_to_transform: [0],
        layers_pattern: "layers",
        rank_pattern: { q_proj: 2 },
      };
      const weights = fromDisk(folder, ["adapter_model.safetensors"]);
      return [config, expressions].map((one) => ({ ...weights, "adapter_config.json": Buffer.from(JSON.stringify(one)) }));
    },
    read(folder, out) {
      readAdapter(folder);
      takeAdapter(findAdapter(folder).folder, out, base);
    },
  },
  {
    name: "VeRA adapter folder",
    corpus: veraFolders,
    read(folder, out) {
      readAdapter(folder, base);
      takeAdapter(findAdapter(folder).folder, out, base);
    },
  },
  {
    name: "training checkpoint",
    corpus(folder) {
      writeTrainingCheckpoint(join(folder, "c"), tinyCheckpoint(3));
      return [
        fromDisk(folder, [
          "c/state.json",
          "c/optimizer.safetensors",
          "c/adapter/adapter_config.json",
          "c/adapter/adapter_model.safetensors",
        ]),
      ];
    },
    read: (folder) => void readTrainingCheckpoint(join(folder, "c")),
  },
  {
    name: "trainer state",
    corpus: () => ["resumed", "two-sets"].map((name) => fromDisk(`tests/golden/trainer/${name}`, ["trainer_state.json"])),
    read: (folder) => void readTrainingRecord([folder]),
  },
  {
    name: "Neuronpedia export",
    async corpus() {
      const files: ArchiveFile[] = [];
      for await (const file of dictionary()) files.push(file);
      const tree = Object.fromEntries(files.map(({ name, bytes }) => [join("tree", name), Buffer.from(bytes)]));
      return [tree, { "a.tar.gz": await buffer(writeTarGz(dictionary())) }, { "a.tar": await buffer(writeTar(dictionary())) }];
    },
    async read(folder, out) {
      const path = ["a.tar.gz", "a.tar", "tree"].map((name) => join(folder, name)).find((one) => existsSync(one)) ?? folder;
      const found = await importNeuronpedia(path, out);
      try {
        for (const module of found.modules) {
          for await (const _ of module.contexts());
          await module.latents();
          for (const _ of module.examples());
          for await (const _ of module.labels());
        }
      } finally {
        found.close();
      }
    },
  },
];

export function readerNamed(name: string): FileReader {
  const reader = fileReaders.find((one) => one.name === name);
  if (reader === undefined) throw new Error(`there is no reader ${name}`);
  return reader;
}
