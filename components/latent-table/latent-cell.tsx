import { domainShares } from "@/components/latents/domain-shares";
import { EstimatedMark } from "@/components/latents/estimated-mark";
import { formatColumn, formatNats } from "@/components/latents/range-words";
import { searchedFirst } from "@/components/latents/searched-tokens";
import { TokenChip } from "@/components/latents/token-chip";
import { ShareBars } from "@/components/plots/share-bars";
import { ByteText } from "@/components/ui/byte-text";
import { classNames } from "@/components/ui/class-names";
import { automaticDomain, automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRow } from "@/lib/contract/latent";
import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { selectivityTrials } from "@/lib/contract/selectivity-trials";
import { formatCount, formatInteger, formatScientific, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import type { ColumnKey } from "./columns/columns";
import styles from "./latents.module.css";
import type { RowView } from "./row-props";

type LatentCellProps = {
  readonly row: LatentRow;
  readonly column: ColumnKey;
  readonly view: RowView;
  /** Whether its tokens stand in the same row. */
  readonly hasTokens: boolean;
};

/** What stands in one column of a row. */
export function LatentCell({ row, column, view, hasTokens }: LatentCellProps) {
  switch (column) {
    case "fireCount":
      return row.fireCount === 0 ? <span className="dim">dead</span> : formatInteger(row.fireCount);
    case "density":
      return <Density value={row.density} />;
    case "outputShare":
      return <OutputShare value={row.outputShare} view={view} />;
    case "attribution":
      return <span className="mid">{row.attribution === null ? notMeasured : <WithPower text={formatNats(row.attribution)} />}</span>;
    case "ablation":
      return row.ablation === null ? (
        <span className="dim">{notMeasured}</span>
      ) : (
        <b className="strong">
          <WithPower text={formatNats(row.ablation.perFiring)} />
        </b>
      );
    case "selectivity":
      return <Selectivity row={row} view={view} />;
    case "domains":
      return <ShareBars shares={domainShares(row.domainCounts, view.domains)} names={view.domains.map(({ name }) => name)} />;
    case "bornAtStep":
      return <Born row={row} />;
    case "topTokens":
      return <TopTokens row={row} searched={view.searched} />;
    case "positiveTail":
    case "negativeTail":
      return <TailTokens tail={row[column]} searched={view.searched} />;
    case "label":
      return <Label row={row} positions={view.positions} hasTokens={hasTokens} />;
    default:
      return row[column] === null ? <span className="dim">{notMeasured}</span> : formatColumn(column, row[column]);
  }
}

function Density({ value }: { readonly value: number }) {
  if (value === 0) return "0";
  if (value >= 0.01) return formatSignificant(value);
  return <WithPower text={formatScientific(value, 2)} />;
}

/** A number whose power of ten, where it has one, stands back behind its digits. */
function WithPower({ text }: { readonly text: string }) {
  const [factor, power] = text.split("\u00a0×\u00a0");
  if (power === undefined) return factor;
  return (
    <>
      {factor}
      <span className="dim">
        {"\u00a0"}×{"\u00a0"}
        {power}
      </span>
    </>
  );
}

const barWidth = 34;

/** The bar's length is the share's size; an outlined bar is below zero: it writes against the update. */
function OutputShare({ value, view }: { readonly value: number | null; readonly view: RowView }) {
  if (value === null) return <span className="dim">{notMeasured}</span>;
  const width = view.largestShare > 0 ? Math.min(1, Math.abs(value) / view.largestShare) * barWidth : 0;
  return (
    <span className={`columns middle ${styles["share"]}`}>
      <i
        className={value < 0 ? styles["against"] : undefined}
        style={{ width: Math.max(value === 0 ? 0 : 1, width), ["--mark" as string]: `var(--${view.mark})` }}
        aria-hidden="true"
      />
      <span>{formatColumn("outputShare", value)}</span>
    </span>
  );
}

function Selectivity({ row, view }: Pick<LatentCellProps, "row" | "view">) {
  if (row.selectivity === null) return <span className="dim">{notMeasured}</span>;
  const [low, high] = (row.selectivityInterval ?? []).map((end) => formatColumn("selectivity", end));
  const trials = selectivityTrials(row, view.domains);
  const doubt = tooFewWords(trials) || (low === undefined ? "" : `[${low}, ${high}], 95 % interval`);
  return (
    <span title={`${row.topDomain ?? ""} ${formatColumn("selectivity", row.selectivity)} ${doubt}`}>
      {formatColumn("selectivity", row.selectivity)} <span className="tiny dim">n {formatCount(trials)}</span>
    </span>
  );
}

function Born({ row }: { readonly row: LatentRow }) {
  if (row.bornAtStep === null) return <span className="dim">{notMeasured}</span>;
  if (row.diedAtStep === null) return formatInteger(row.bornAtStep);
  return (
    <span title={`born at step ${formatInteger(row.bornAtStep)}, died at step ${formatInteger(row.diedAtStep)}`}>
      {formatInteger(row.bornAtStep)} <span className="dim">†{formatInteger(row.diedAtStep)}</span>
    </span>
  );
}

const mostTokens = 5;

export function TopTokens({ row, searched }: { readonly row: LatentRow; readonly searched: string }) {
  return (
    <span className="fitting">
      <EstimatedMark tokens={row.topTokens} />
      <TokenChips tokens={row.topTokens} searched={searched} most={mostTokens} title={tokenTitle} />
    </span>
  );
}

const mostOfTail = 4;

/** The tokens of one tail of a dense component. */
function TailTokens({ tail, searched }: { readonly tail: LatentRow["positiveTail"]; readonly searched: string }) {
  if (tail === null) return <span className="dim">{notMeasured}</span>;
  if (tail.positions === 0) return <span className="dim">none</span>;
  return <TokenChips tokens={tail.tokens} searched={searched} most={mostOfTail} title={(token) => tailTitle(token, tail.positions)} />;
}

/** Both tails of a dense component, each after its sign. */
export function BothTails({ row, searched }: { readonly row: LatentRow; readonly searched: string }) {
  return (
    <>
      <span className="dim">+ </span>
      <TailTokens tail={row.positiveTail} searched={searched} />
      <span className="dim"> − </span>
      <TailTokens tail={row.negativeTail} searched={searched} />
    </>
  );
}

type TokenChipsProps = {
  readonly tokens: readonly CountedToken[];
  readonly searched: string;
  readonly most: number;
  readonly title: (token: CountedToken) => string;
};

function TokenChips({ tokens, searched, most, title }: TokenChipsProps) {
  return searchedFirst(tokens, searched, most).map(({ isSearched, ...token }) => {
    const chip = <TokenChip key={token.token} text={token.token} title={title(token)} />;
    return isSearched ? (
      <mark key={token.token} className={styles["searched"]}>
        {chip}
      </mark>
    ) : (
      chip
    );
  });
}

function tokenTitle({ count, error, lift }: CountedToken): string {
  return `${formatInteger(count)}${error > 0 ? ` to ${formatInteger(count + error)}` : ""} firings${lift > 0 ? `, ${formatSignificant(lift)} × its base rate` : ""}`;
}

function tailTitle({ count, lift }: CountedToken, positions: number): string {
  return `${formatInteger(count)} of ${formatInteger(positions)} positions of the tail, ${formatSignificant(lift)} × its base rate`;
}

type LabelProps = {
  readonly row: LatentRow;
  readonly positions: PositionKind;
  /** Whether its tokens stand beside it, which an automatic label then need not repeat. */
  readonly hasTokens: boolean;
};

/** What a person or the explainer wrote; else what its domain and, where they stand nowhere else, its tokens say, which is shown as automatic. */
export function Label({ row, positions, hasTokens }: LabelProps) {
  if (row.label !== null) {
    return (
      <span title={row.label.source === "explainer" ? `${row.label.text} (written by the explainer)` : row.label.text}>
        {row.label.text}
      </span>
    );
  }
  const isDomain = hasTokens || !positions.hasVocabulary;
  const words = isDomain ? automaticDomain(row) : automaticLabel(row, positions);
  if (words === "") return <span className={classNames("dim", hasTokens && "only-wide")}>{hasTokens ? notMeasured : "no label"}</span>;
  const source = isDomain ? "domain" : row.positiveTail !== null ? "tails" : `top ${positions.plural}`;
  return (
    <i className={styles["automatic"]} title={`Automatic, from its ${source}: ${words}`}>
      <ByteText text={words} />
    </i>
  );
}
