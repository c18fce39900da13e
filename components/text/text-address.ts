import { createParser, createSerializer, type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { parseAsLatent } from "@/components/latents/steer-parsers";
import { parseAsSwitch, parseAsText } from "@/components/ui/address/parsers";
import { fragmentSuffix } from "@/components/ui/address/state-suffix";
import type { ReadTextInput } from "@/lib/contract/read-text";
import { rankMeasures, type Span } from "./rank-latents";
import { textsToRead } from "./reads-pairs";

const shadings = ["loss", "attribution", "outputShare"] as const;
/** What the tokens are shaded by; `latent` is the one that is pinned or pointed at. */
export type Shading = (typeof shadings)[number] | "latent";

const parseAsSpan = createParser<Span>({
  parse: (text) => {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
    return from === undefined || to === undefined || Number(from) > Number(to) ? null : { from: Number(from), to: Number(to) };
  },
  serialize: ({ from, to }) => `${from}-${to}`,
});

/** What the address of a reading says after its `#`, in the order in which it is written: a text is no part of a request for the page. */
export const textParameters = {
  text: parseAsString.withDefault(""),
  /** The second text of a pair; null where one is read alone. */
  second: parseAsString,
  useChatTemplate: parseAsSwitch.withDefault(false),
  attribution: parseAsSwitch.withDefault(true),
  /** The class whose loss is attributed; null takes the most probable. */
  towards: parseAsText,
  /** Null leaves it to the page. */
  measure: parseAsStringLiteral(rankMeasures),
  shading: parseAsStringLiteral(shadings).withDefault("loss"),
  span: parseAsSpan,
  /** The latent that is pinned and colours the text. */
  latent: parseAsLatent,
};
/** Names in the address, where they differ. */
export const textNames = { useChatTemplate: "chat", attribution: "backward", measure: "by", shading: "shade" } as const;
export type TextAddress = inferParserType<typeof textParameters>;

const serialize = createSerializer(textParameters, { urlKeys: textNames });

/** The fragment that says this, the rest as at first; empty where there is nothing to say. */
export function writeTextAddress(address: Partial<TextAddress>): string {
  return fragmentSuffix(new URLSearchParams(serialize(address)));
}

/** What is sent to be read. */
export function requestOf({ useChatTemplate, attribution, towards, ...texts }: TextAddress): ReadTextInput {
  return {
    ...textsToRead(texts),
    useChatTemplate,
    attribution,
    ...(towards === null || !attribution ? {} : { towards }),
  };
}
