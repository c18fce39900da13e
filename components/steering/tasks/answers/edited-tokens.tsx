"use client";
import { useMemo, useState } from "react";
import { ownRange } from "@/components/generation/strips/own-range";
import { latentName } from "@/components/latents/edit-words";
import type { PartProps } from "@/components/steering/steer-task";
import type { TokenSelection } from "@/components/text/move-span";
import { shownTokens } from "@/components/text/shown-tokens";
import { writeTextAddress } from "@/components/text/text-address";
import { TokenPanel } from "@/components/text/token-panel";
import { largestOf } from "@/components/text/token-sums";
import { TokenText } from "@/components/text/token-text";
import { TokensPanel } from "@/components/text/tokens-panel";
import { nameOfLatent } from "@/components/text/use-listed-rows";
import type { Reading } from "@/components/text/use-reading";
import { Link } from "@/components/ui/link";
import { nounsOf } from "@/lib/contract/methods/methods";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import styles from "./answers.module.css";
import { offeredLatents } from "./offered-latents";
import { shadeTokens } from "./shade-tokens";
import type { AnswerSteering } from "./use-answer-steering";

/** The text token by token: where edits work, or where a latent fires before them; a token that is chosen says what fires there. */
export function EditedTokens({ detail: { run }, method, steering }: PartProps<AnswerSteering>) {
  const { params, setParams, collection, reading } = steering;
  const { edits, shaded } = params;
  const [selection, setSelection] = useState<TokenSelection | null>(null);
  const modules = collection?.modules ?? [];
  const offered = useMemo(() => offeredLatents(edits, shaded), [edits, shaded]);
  const colourMaxOf = (module: string) => modules.find(({ name }) => name === module)?.colourMax ?? 0;
  const text = shadeTokens(reading, shaded, shaded === null ? 0 : colourMaxOf(shaded.module), ownRange(edits, modules));
  const token = selection !== null && selection.head < reading.tokens.length ? selection.head : null;
  const value = token === null ? null : (text.values[token] ?? null);
  const fires = `/runs/${encodeURIComponent(run.id)}/text${addressOf(reading)}`;
  return (
    <>
      <TokensPanel
        title="Tokens"
        count={reading.tokens.length}
        shading={shaded === null ? "" : nameOfLatent(shaded)}
        shadings={[
          { value: "", label: "injected norm" },
          ...offered.map((latent) => ({ value: nameOfLatent(latent), label: `${latentName(latent, modules)}, before edits` })),
        ]}
        onShading={(name) => setParams({ shaded: offered.find((latent) => nameOfLatent(latent) === name) ?? null })}
        scale={text}
        foot={
          <span className={styles["facts"]}>
            {token === null ? (
              <span>Click a token, or choose one with the arrow keys, to see what fires there.</span>
            ) : (
              <span>
                position {formatInteger(token)}
                {value === null ? "" : `: ${formatSignificant(value)} ${text.unit}`.trimEnd()}
              </span>
            )}
            <Link className="link" href={fires} prefetch={false}>
              What fires on this text
            </Link>
          </span>
        }
      >
        <TokenText
          tokens={shownTokens(reading, text)}
          selection={token === null ? null : selection}
          span={token === null ? null : { from: token, to: token }}
          onSelection={(next) => setSelection(next === null ? null : { anchor: next.head, head: next.head })}
          onPoint={() => undefined}
        />
      </TokensPanel>
      {token !== null && (
        <TokenPanel
          runId={run.id}
          collectionId={collection?.id ?? null}
          readings={reading.readings}
          token={token}
          text={reading.tokens[token]?.text ?? ""}
          noun={nounsOf(method).noun}
          scaleOf={(one) => colourMaxOf(one.module) || largestOf(one.activations)}
        />
      )}
    </>
  );
}

/** The same text on the page that ranks what fires. */
function addressOf({ request }: Reading): string {
  if (request === null) return "";
  const { text, second = null } = request;
  return writeTextAddress({ text, second, measure: "attribution", shading: "outputShare" });
}
