import { VisibleToken } from "@/components/latents/token-chip";
import { Panel } from "@/components/ui/panel";
import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type TokenCountsProps = {
  readonly title: string;
  readonly tokens: readonly CountedToken[];
  /** Positions that the counts are a share of. */
  readonly fireCount: number;
  /** What these positions are, with their number; the latent's firings where absent. */
  readonly of?: string;
  /** Whether they are tokens of negative activations, whose bars have that colour. */
  readonly isNegative?: boolean;
  /** Said where no token was counted. */
  readonly empty: string;
};

/** Tokens with their share of the latent's firings, and their lift over the base rate. */
export function TokenCounts({ title, tokens, fireCount, of, isNegative = false, empty }: TokenCountsProps) {
  const most = Math.max(1, ...tokens.map(({ count }) => count));
  const error = tokens.reduce((largest, one) => Math.max(largest, one.error), 0);
  return (
    <Panel title={title} level={3} aside={<span className="tiny dim">share of {of ?? "firings"} · lift</span>}>
      {tokens.length === 0 ? (
        <p className="note">{empty}</p>
      ) : (
        <>
          <table className={styles["list"]}>
            <tbody>
              {tokens.map((one) => (
                <tr key={one.token} title={describe(one, of ?? `${formatInteger(fireCount)} firings`)}>
                  <td className={styles["word"]}>
                    <VisibleToken text={one.token} />
                  </td>
                  <td className={styles["barcell"]}>
                    <span
                      className="actbar"
                      style={{ width: `${(100 * one.count) / most}%`, ...(isNegative ? { background: "var(--neg-mark)" } : {}) }}
                    />
                  </td>
                  <td className="num">{formatPercent(fireCount === 0 ? 0 : one.count / fireCount, 1)}</td>
                  <td className="num dim">{one.lift > 0 ? `× ${formatSignificant(one.lift, one.lift >= 100 ? 3 : 2)}` : notMeasured}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {error > 0 && (
            <p className="note">
              Estimated in bounded memory: each count may be up to {formatInteger(error)} higher (
              {formatPercent(error / Math.max(1, fireCount))} of firings), and a token with fewer firings than that may be missing.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function describe({ count, error, lift }: CountedToken, of: string): string {
  const more = error > 0 ? `, and up to ${formatInteger(error)} more,` : "";
  const times = lift > 0 ? `; ${formatSignificant(lift)} times its share of all tokens` : "";
  return `${formatInteger(count)}${more} of ${of}${times}`;
}
