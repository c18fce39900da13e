import {
  createLoader,
  createMultiParser,
  createParser,
  createSerializer,
  type inferParserType,
  type LoaderInput,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { editsOfValues } from "@/components/latents/added-edits";
import { parseAsLatent, steeredParameters } from "@/components/latents/steer-parsers";
import { isSameList, parseAsSwitch, parseAsText, parseAsTextUpTo } from "@/components/ui/address/parsers";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import { type ArmName, armName, type SamplingSettings, samplingSettings } from "@/lib/contract/generate";
import { type WeightPrecision, weightPrecision } from "@/lib/contract/run-config";

/** All that a link to this page reproduces. */
export type SteerParams = {
  readonly collectionId: string | null;
  readonly prompt: string;
  /** Null follows how the run was trained. */
  readonly useChatTemplate: boolean | null;
  readonly arms: readonly ArmName[];
  /** The run of the arm `other`. */
  readonly otherRun: string | null;
  /** Whose text all arms read; null where each continues its own. */
  readonly forced: { readonly by: ArmName } | { readonly text: string } | null;
  readonly sampling: SamplingSettings;
  /** Null follows the run's. */
  readonly precision: WeightPrecision | null;
  readonly edits: readonly Edit[];
  readonly watch: readonly LatentRef[];
  /** `module index` of the latent that colours the text, `kl`, `none`, or null: KL to the base model where it is known. */
  readonly coloured: string | null;
  /** The two arms whose texts are compared. */
  readonly compared: readonly [ArmName, ArmName];
  /** The study whose result is shown. */
  readonly studyId: string | null;
  /** The generation that is shown, by its id in the history; more than one where it was continued. */
  readonly generationIds: readonly string[];
};

const defaults = samplingSettings.parse({});
const allArms: readonly ArmName[] = ["base", "adapter", "edited", "other"];
/** As many latents as may be watched at once. */
export const mostWatched = 16;

const parseAsLongText = parseAsTextUpTo(100_000);

const parseAsArms = createParser<readonly ArmName[]>({
  parse: (text) => allArms.filter((arm) => text.split(",").includes(arm)),
  serialize: (arms) => arms.join(","),
});

const parseAsCompared = createParser<SteerParams["compared"]>({
  parse: (text) => {
    const [first, second] = text.split(",").map((name) => armName.safeParse(name).data);
    return first === undefined || second === undefined || first === second ? null : [first, second];
  },
  serialize: (arms) => arms.join(","),
  eq: isSameList,
});

const parseAsStops = createMultiParser<readonly string[]>({
  parse: (texts) => samplingSettings.shape.stop.safeParse(texts).data ?? null,
  serialize: (texts) => [...texts],
  eq: isSameList,
});

const parseAsWatched = createMultiParser<readonly LatentRef[]>({
  parse: (texts) => texts.flatMap((text) => parseAsLatent.parse(text) ?? []).slice(0, mostWatched),
  serialize: (latents) => latents.map(parseAsLatent.serialize),
  eq: isSameList,
});

/** How many parts of a continued text an address names at most. */
const mostParts = 32;

const parseAsGenerations = createMultiParser<readonly string[]>({
  parse: (ids) => ids.filter((id) => id !== "").slice(0, mostParts),
  serialize: (ids) => ids.slice(0, mostParts),
  eq: isSameList,
});

type SamplingNumber = "maxTokens" | "temperature" | "topK" | "topP" | "repetitionPenalty" | "seed";

function parseAsSetting(name: SamplingNumber) {
  return createParser<number>({
    parse: (text) => (text === "" ? null : (samplingSettings.shape[name].safeParse(Number(text)).data ?? null)),
    serialize: String,
  }).withDefault(defaults[name]);
}

/** What the address says, in the order in which it is written. */
export const steerParameters = {
  prompt: parseAsLongText.withDefault(""),
  collection: steeredParameters.collection,
  chat: parseAsSwitch,
  arms: parseAsArms,
  other: parseAsText,
  forced: parseAsStringLiteral(armName.options),
  forcedText: parseAsLongText,
  maxTokens: parseAsSetting("maxTokens"),
  temperature: parseAsSetting("temperature"),
  topK: parseAsSetting("topK"),
  topP: parseAsSetting("topP"),
  repetitionPenalty: parseAsSetting("repetitionPenalty"),
  seed: parseAsSetting("seed"),
  precision: parseAsStringLiteral(weightPrecision.options),
  stop: parseAsStops.withDefault([]),
  edit: steeredParameters.edit,
  add: steeredParameters.add,
  watch: parseAsWatched.withDefault([]),
  colour: parseAsString,
  compare: parseAsCompared.withDefault(["adapter", "edited"]),
  study: parseAsText,
  generation: parseAsGenerations.withDefault([]),
};
type SteerValues = inferParserType<typeof steerParameters>;

const load = createLoader(steerParameters);
const serialize = createSerializer(steerParameters);

export function readSteerParams(search: LoaderInput): SteerParams {
  return steerParamsOf(load(search));
}

/** What the values of an address say together; what makes no sense is left out, so that the rest of a link still opens. */
export function steerParamsOf(values: SteerValues): SteerParams {
  const { maxTokens, temperature, topK, topP, repetitionPenalty, seed, stop } = values;
  const usual = usualArms(values.other);
  const arms = usual.filter((arm) => values.arms?.includes(arm));
  return {
    collectionId: values.collection,
    prompt: values.prompt,
    useChatTemplate: values.chat,
    arms: arms.length === 0 ? usual : arms,
    otherRun: values.other,
    forced: values.forced !== null ? { by: values.forced } : values.forcedText !== null ? { text: values.forcedText } : null,
    sampling: { maxTokens, temperature, topK, topP, repetitionPenalty, seed, stop: [...stop] },
    precision: values.precision,
    edits: editsOfValues(values),
    watch: values.watch,
    coloured: values.colour,
    compared: values.compare,
    studyId: values.study,
    generationIds: values.generation,
  };
}

export function steerValuesOf({ arms, forced, sampling, ...params }: SteerParams): SteerValues {
  return {
    ...sampling,
    prompt: params.prompt,
    collection: params.collectionId,
    chat: params.useChatTemplate,
    arms: arms.length < usualArms(params.otherRun).length ? arms : null,
    other: params.otherRun,
    forced: forced !== null && "by" in forced ? forced.by : null,
    forcedText: forced !== null && "text" in forced ? forced.text : null,
    precision: params.precision,
    edit: params.edits,
    add: [],
    watch: params.watch,
    colour: params.coloured,
    compare: params.compared,
    study: params.studyId,
    generation: params.generationIds,
  };
}

/** The end of the address that says these parameters, defaults left out. */
export function writeSteerParams(params: SteerParams): string {
  return stateSuffix(new URLSearchParams(serialize(steerValuesOf(params))));
}

/** Arms without a choice: the run's three, and another run's where one is named. */
export function usualArms(otherRun: string | null): readonly ArmName[] {
  return allArms.filter((arm) => arm !== "other" || otherRun !== null);
}
