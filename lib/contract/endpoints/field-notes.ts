import { z } from "zod";
import { startCollectionRequest } from "@/lib/contract/api";
import { addBenchmarkRequest, benchmarkRows } from "@/lib/contract/benchmark";
import { previewRequest } from "@/lib/contract/data-set";
import { startDetectionRequest } from "@/lib/contract/detection";
import { edit, editCondition, editFile, latentRef } from "@/lib/contract/edit";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { earlyStopping, experimentRequest } from "@/lib/contract/experiment";
import { generateBody, generated, generatedToken, promptReading, samplingSettings } from "@/lib/contract/generate";
import { foundHubModel, hubChoice, hubModel, hubSettings, hubSupport, saveHubRequest } from "@/lib/contract/hub";
import { explainerSettings, saveExplainerRequest } from "@/lib/contract/label";
import { collectionSummary, latentQuery, latentRow } from "@/lib/contract/latent";
import { columnOf, latentColumnNames } from "@/lib/contract/latent-columns/latent-columns";
import { methodNames, methodOf, methodSettings } from "@/lib/contract/methods/methods";
import { targets } from "@/lib/contract/methods/targets";
import { anyPosition } from "@/lib/contract/positions/positions";
import { mostPictureBytes, pictureSource } from "@/lib/contract/read-picture";
import { readTextRequest } from "@/lib/contract/read-text";
import { runConfig, trainingSettings } from "@/lib/contract/run-config";
import { bakeStarted, generationPage, saveEditsRequest } from "@/lib/contract/steering";
import { bulkRequest, doseRequest, evaluationRequest } from "@/lib/contract/study";

/**
 * What fields mean, for a reader of the documentation: the schemas' own comments are not there at run time. Names are checked against the schemas by
 * their types.
 */
export function writeFieldNotes(): void {
  noteGeneration();
  noteEdits();
  noteStudies();
  noteRuns();
  noteRest();
}

function noteGeneration(): void {
  note(samplingSettings, {
    maxTokens: "0 reads the prompt alone.",
    temperature: "0 is greedy.",
    topK: "Samples from this many of the most probable tokens; 0: from all.",
    topP: "Nucleus sampling: from the most probable tokens that together have this probability.",
    repetitionPenalty: "1 changes nothing.",
    seed: "The same seed samples the same tokens, in every arm.",
    stop: "The text ends before the first of these.",
  });
  note(generateBody, {
    stream: "False answers once, when all arms have ended.",
    useChatTemplate: "The prompt becomes a user's turn of the model's chat template.",
    messages: "Instead of the prompt: turns for the chat template.",
    promptIds: "Instead of both: token ids, used unchanged.",
    arms: "The base model alone, with the adapter, with the edits as well, with another run's adapter.",
    edits: "What the arm `edited` changes.",
    otherRun: "Whose adapter the arm `other` runs with; trained over the same base model.",
    forced: "All arms read the same text, one arm's or a given one, so numbers compare position by position.",
    continued: "Token ids that arms have already generated: generation and sampling continue from there.",
    watch: "Latents whose activation is reported at each token; edited ones always are.",
    promptLogProbabilities: "Report the log-probability of each prompt token in each arm.",
    topLogProbabilities: "Report this many of the most probable tokens at each position.",
    isKept: "Keep it in the run's history.",
  });
  note(generatedToken, {
    isSpecial: "A special token: `text` is its name and not part of the arm's text.",
    logProbability: "Nats.",
    klToBase: "KL(this arm ‖ base), nats, where both have read the same tokens so far; else null.",
    klToAdapter: "KL(this arm ‖ adapter), nats.",
    activations: "Of each watched latent when this token was read, in the order of `watched`.",
    injectedNorm: "‖edited update − adapter's update‖ / ‖W0 x‖, the largest over edited modules; null in other arms.",
    top: "The most probable tokens at this position, most probable first.",
  });
  note(promptReading, { logProbability: "Nats; null for the first token." });
  note(generated, { generation: "Its id in the history, where it was kept." });
  note(readTextRequest, {
    second: "The second text of a pair, for an encoder.",
    attribution: "Also run a backward pass: −a·∂L/∂a of the text's next-token loss; for an encoder, of the loss of one class.",
    towards: "The class whose loss is attributed; absent, the most probable.",
    collectionId:
      "A finished collection of the run: modules then come with its statistics of their latents, and the most specific latents with their labels.",
    edits: "For an encoder: also its predictions with these edits and without the adapter. May be empty.",
    dose: "For an encoder: also its predictions with a latent at these values.",
  });
  const [row, file] = pictureSource.options;
  note(row, {
    row: "From 0.",
    collectionId: "A collection of the run: the row is one of the dataset that it read. Absent, of the run's own.",
  });
  note(file, {
    name: "Names it in errors.",
    data: `A PNG, JPEG or WebP file in base64, of at most ${mostPictureBytes} bytes (our limit).`,
  });
}

function noteEdits(): void {
  note(latentRef, { module: "The checkpoint's name of the module.", index: "A rank component for LoRA." });
  note(editCondition, { above: "Its activation before any edit, 0 where it does not fire." });
  const about = {
    scale: "activation × value, where it fires",
    clamp: "activation := value, whether or not it fires",
    minClamp: "activation := max(activation, value)",
    add: "activation += value, from 0 where it does not fire",
    ablatePost: "activation := 0 after TopK; its slot stays empty",
    ablatePre: "Masked before TopK, so that the next latent takes the slot (with batchtopk no other does); STAN alone.",
    forceIn: "Enters the kept set with its own pre-activation, displacing the k-th (with batchtopk no other); STAN alone.",
    isolate: "All other latents of the module := 0.",
    moduleOff: "The module's whole update := 0.",
    adapterOff: "Every module's update := 0.",
  };
  for (const option of edit.options) {
    const { shape } = option;
    describe(shape.operation, about[shape.operation.value]);
    describe(shape.isOn, "A switched-off edit stays in the list and does nothing.");
    describe(shape.scope, "Which positions; `from` and `to` are inclusive, in the whole sequence.");
    describe(shape.skipsSpecialTokens, "Skip tokens that mark the beginning, the end or a chat turn.");
    if ("value" in shape) describe(shape.value, "Raw, in the latent's own activation units; a factor for scale.");
    if ("onlyIfFiring" in shape) describe(shape.onlyIfFiring, "Only at tokens where the latent fires by itself.");
    if ("onlyIf" in shape) describe(shape.onlyIf, "Only at tokens where another latent's activation is above a number.");
  }
  note(editFile, { run: "The run that they were made for." });
  note(saveEditsRequest, { name: "Unique in the run." });
  note(generationPage, { search: "Part of the prompt or of any arm's text." });
  note(bakeStarted, { runId: "The derived run, once the task has finished." });
}

function noteStudies(): void {
  const readings = {
    edits: "On throughout, in the unchanged arm as well.",
    continuationTokens: "Tokens that the adapter continues each prompt by, greedily; KL is over these positions.",
    targets: "Strings whose log-probability right after each prompt is reported.",
  };
  note(doseRequest, {
    ...readings,
    heldOutRows: "Rows of held-out text for the loss; 0 leaves it out.",
    controls: "Random latents of the module, matched on density and decoder norm, at the same values.",
  });
  note(bulkRequest, {
    ...readings,
    latents: "By name, or the first of an order; `firing` takes those with the strongest activations on the prompts.",
    value: "In `unit`; ablations and forceIn take none.",
    unit: "Raw activation, or multiples of each latent's own quantile.",
  });
  note(startDetectionRequest, {
    by: "A column of which each value is a concept, with all other rows as its negatives; null where the dataset names concepts itself.",
    probe: "Also trains sparse probes on 1, 2, 5 and 20 latents, beside dense ones on the base model's states, as SAEBench does.",
    seed: "Draws the halves of each concept's rows: one chooses the best latent, the other measures it.",
  });
  note(evaluationRequest, { heldOutRows: "Evaluated with the edits on, compared with adapter and base." });
}

function noteRuns(): void {
  note(runConfig, {
    model: "Id of an installed model.",
    frozenDtype:
      "How frozen weights are held: dense in float32 or bfloat16; `stored` as a GGUF file packs them; `nf4` in 4 bits, as bitsandbytes quantises. Packed weights are multiplied in float32.",
    task: "What is learned: continuing text, or, of an encoder, classes or numbers of whole texts. Absent, it is text.",
    initAdapter: "Folder of an adapter in PEFT's layout that the run starts from.",
    collection: "A statistics pass that follows the training.",
  });
  note(targets, { modules: "Last parts of module names, as in PEFT.", layers: "Only these; null is all." });
  for (const method of methodNames) {
    const settings: z.ZodObject = methodSettings[method];
    note(settings, methodOf({ method }).settingNotes);
  }
  note(trainingSettings, {
    batchRows: "Rows per optimizer step.",
    microBatchRows:
      "Rows per forward pass; the step's loss does not depend on it, except that STAN with batchtopk selects latents over these rows.",
    recomputeBlocks:
      "Gradient checkpointing: recompute each block in the backward pass. The same numbers in less memory, slower. Absent, off.",
    packing:
      "Fill each row of a step with several rows of the data up to maxTokens, masked from each other; losses stay the same. A step then takes the next rows as long as they fit. Absent, off.",
    clipNorm: "Largest global gradient norm; null does not clip.",
    evaluateEvery: "Steps; 0 evaluates at the end alone.",
    checkpointEvery: "Steps.",
  });
}

function noteRest(): void {
  note(latentRow, Object.fromEntries(latentColumnNames.map((name) => [name, `${columnOf(name).explain("latent", anyPosition)}.`])));
  note(collectionSummary, {
    positionKind: "What its positions are: `token` of a text.",
    tokens: "Counted positions: the denominator of every density.",
  });
  note(latentQuery, {
    ranges: "`density:0.0001..0.01,maxActivation:4..`; a latent without a value is in no range.",
    search: "Part of a top token's text or of the label.",
    sort: "`readingOrder`: measured effects that differ from 0 first, then by `specificShare`; a run's page opens in this order.",
    duplicates: "`folded` leaves out near-duplicates of latents that come before them in the order; `folded` of the response names them.",
    state: "Dead latents never fired; always on is above a density of 0.9.",
  });
  note(startCollectionRequest, {
    maxTokens: "Counted tokens at which the pass ends.",
    shardTokens: "Counted tokens per shard, the part that a worker takes at a time.",
    attributionRows: "Held-out rows of the backward pass that attribution comes from; 0 makes none.",
    measuredLatents: "Latents whose ablation is measured when the pass is done.",
  });
  note(measureEffectsRequest, {
    latents: "By name, or the first of an order.",
    rows: "Held-out rows.",
    controls: "Matched random latents for each.",
  });
  note(addBenchmarkRequest, {
    task: "The loss of label tokens; greedy completions; the most probable of several choices; or the class or number that an encoder gives a labelled row.",
    isGeneral: "Text that runs are not trained on: what an adapter adds to its loss is what the model forgets.",
  });
  note(benchmarkRows, {
    part: "Of the split column, those that runs hold out, or all. MNLI's matched and mismatched rows are two benchmarks.",
    count: "Upper limit; rows are spread evenly over the dataset.",
    maxTokens: "Longer texts are truncated; other longer rows are skipped.",
  });
  note(experimentRequest, {
    arms: "The arms that are compared; each gets the same number of trials.",
    search: "A grid tries every adapter with every learning rate.",
    finalSeeds: "The best setting of each arm is trained once with each.",
    match: "Sizes of what is tried lie within 2 %; `wallClock` evens out steps instead, `budget` holds the number of trials alone.",
    earlyStopping: "By the median rule, in the sweep alone; null lets every trial run to its end.",
    benchmarks: "Measured of every final run; refused where they read rows that settings are chosen by.",
  });
  note(earlyStopping, { firstStep: "None is stopped before it.", afterTrials: "Nor before so many of its arm have ended." });
  note(previewRequest, { mapping: "Which columns mean what.", task: "Of an encoder: what its labels are." });
  note(hubSettings, { address: "From `HF_ENDPOINT`.", token: "Where it comes from." });
  note(saveHubRequest, { token: "Absent keeps the entered token, an empty one removes it." });
  note(hubSupport, { isSupported: "Null if the hub does not say.", missing: "What the engine does not support." });
  note(foundHubModel, { sizeBytes: "Of the safetensors, from the hub's counts of parameters." });
  note(hubChoice, { file: "A GGUF file; null for the safetensors.", sizeBytes: "Of all files that would be fetched." });
  note(hubModel, { isReadable: "False where a licence has to be accepted or a token is missing.", problem: "Why it cannot be used." });
  note(explainerSettings, { endpoint: "`https://host/v1`, without the verb." });
  note(saveExplainerRequest, { key: "Absent keeps the stored key, an empty one removes it." });
}

function note<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, texts: { readonly [Key in keyof Shape]?: string }): void {
  for (const [key, text] of Object.entries(texts)) {
    const field: unknown = schema.shape[key];
    if (field instanceof z.ZodType && typeof text === "string") describe(field, text);
  }
}

function describe(schema: z.ZodType, description: string): void {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), description });
}
