import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";

type LatentNumbersProps = { readonly detail: LatentDetail; readonly collection: CollectionSummary; readonly isLora: boolean };

/** The four numbers by which latents are told apart, each with what it is out of. */
export function LatentNumbers({ detail, collection, isLora }: LatentNumbersProps) {
  const { row, tokens, k, numLatents, quantiles } = detail;
  const write = (value: number | null) => (value === null ? notMeasured : formatSignificant(value));
  const isSigned = row.minActivation !== null && row.minActivation < 0;
  return (
    <div className="nums">
      <div>
        <div className="k">Fires on</div>
        <div className="v">
          {formatInteger(row.fireCount)} <small>tokens</small>
        </div>
        <div className="x">
          of {formatInteger(tokens)} counted: {formatPercent(row.density, row.density < 0.01 ? 3 : 1)}
          {isLora ? "" : `; mean of a latent ${formatPercent(k / numLatents, 2)}`}
        </div>
      </div>
      <div>
        <div className="k">Largest activation</div>
        <div className="v">{write(row.maxActivation)}</div>
        <div className="x">{isSigned ? `smallest ${write(row.minActivation)}` : `p99 ${write(quantiles.p99)}, to half an octave`}</div>
      </div>
      <div>
        <div className="k">Mean when firing</div>
        <div className="v">{write(row.meanActivation)}</div>
        <div className="x">
          median {isSigned ? "of |a| " : ""}
          {write(quantiles.p50)}, to half an octave
        </div>
      </div>
      <div>
        <div className="k">Domain</div>
        {row.topDomain === null || row.selectivity === null ? (
          <>
            <div className="v">{notMeasured}</div>
            <div className="x">{row.fireCount === 0 ? "it never fires" : "the text names no domains"}</div>
          </>
        ) : (
          <>
            <div className="v">
              {row.topDomain} <small>{formatPercent(row.selectivity, 0)}</small>
            </div>
            <div className="x">of firings, {formatInteger(collection.domains.length)} domains balanced</div>
          </>
        )}
      </div>
    </div>
  );
}
