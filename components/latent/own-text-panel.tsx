"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useState } from "react";
import { drawingOf } from "@/components/positions/drawings";
import { writeTextAddress } from "@/components/text/text-address";
import { TextBox } from "@/components/text/text-box";
import { type Reading, useReading } from "@/components/text/use-reading";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { keys } from "@/lib/client/keys";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatSignificant } from "@/lib/numbers/format";
import styles from "./latent.module.css";
import { ownTextOf, ownTextWords } from "./own-text";

type OwnTextPanelProps = {
  readonly runId: string;
  readonly detail: LatentDetail;
  readonly noun: "latent" | "component";
  readonly isDense: boolean;
};

/** A text of a person's own in the colours of this latent. One that was read stays for the run's other latents, whose activations came with it. */
export function OwnTextPanel({ runId, detail, noun, isDense }: OwnTextPanelProps) {
  const client = useQueryClient();
  const [before, setBefore] = useState(() => client.getQueryData<Reading>(keys.ownText(runId)));
  const { reading, read, stop } = useReading(runId, null);
  const [text, setText] = useState(before?.request?.text ?? "");
  const { status } = reading;
  useEffect(() => {
    if (status === "done") client.setQueryData(keys.ownText(runId), reading);
  }, [client, runId, status, reading]);
  const shown = status === "idle" && before !== undefined ? before : reading;
  const isRunning = status === "running";
  const start = () => {
    if (text === "") return;
    setBefore(undefined);
    read({ text, attribution: false });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    start();
  };
  return (
    <Panel title="Your text" aside={<span className="small dim only-wide">where this {noun} fires on a text that you write</span>}>
      <div className="stack fit">
        <TextBox
          label={`Text to read with this ${noun}`}
          isLabelHidden
          rows={2}
          maxLength={20_000}
          value={text}
          placeholder={`Paste a text to see where this ${noun} fires`}
          onValueChange={setText}
          onKeyDown={onKeyDown}
        />
        <div className="row wrap between">
          <span className="small mid" role="status">
            {isRunning && ownTextOf(shown, detail.row) === null ? "Reading; the model is loaded first if it is not in memory." : ""}
          </span>
          <span className="row">
            {shown.request === null ? null : (
              <Link
                className="link small"
                href={`/runs/${encodeURIComponent(runId)}/text${writeTextAddress({ text: shown.request.text, latent: detail.row })}`}
              >
                All {noun}s on this text
              </Link>
            )}
            {isRunning ? (
              <Button onClick={stop}>Stop</Button>
            ) : (
              <Button disabled={text === ""} title={text === "" ? "Enter or paste a text first" : undefined} onClick={start}>
                Read
              </Button>
            )}
          </span>
        </div>
        {shown.error === null ? null : (
          <ErrorNote title="The text could not be read" actions={<Button onClick={start}>Retry</Button>}>
            {shown.error}
          </ErrorNote>
        )}
        <ReadText reading={shown} detail={detail} isDense={isDense} />
      </div>
    </Panel>
  );
}

function ReadText({ reading, detail, isDense }: { readonly reading: Reading } & Pick<OwnTextPanelProps, "detail" | "isDense">) {
  const [pointed, setPointed] = useState<number | null>(null);
  const own = ownTextOf(reading, detail.row);
  if (own === null) return null;
  const kind = positionKindOf(detail.positionKind);
  const { Positions } = drawingOf(kind);
  const activation = pointed === null ? undefined : own.positions[pointed]?.activation;
  return (
    <div>
      <p className={styles["window"]}>
        <Positions
          {...{ kind, positions: own.positions, first: 0, grid: null, image: null, peak: own.peak, colourMax: detail.colourMax, pointed }}
          from={0}
          to={own.positions.length}
          onPoint={setPointed}
        />
      </p>
      <p className="note">
        {ownTextWords(own, detail, isDense)}
        {activation === undefined ? "" : ` Here: ${formatSignificant(activation)}.`}
        {reading.isTruncated ? " The text was longer than what is read at once; its end is not shown." : ""}
      </p>
    </div>
  );
}
