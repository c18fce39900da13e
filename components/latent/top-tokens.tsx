import { VisibleToken } from "@/components/latents/token-chip";
import { Panel } from "@/components/ui/panel";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import styles from "./latent.module.css";

/** The tokens at which the latent fires most, and how much more often than the token occurs. */
export function TopTokens({ detail }: { readonly detail: LatentDetail }) {
  const { topTokens, fireCount } = detail.row;
  const most = Math.max(1, ...topTokens.map((top) => top.count));
  return (
    <Panel title="Fires at" level={3} aside={<span className="tiny dim">share of firings · lift</span>}>
      {topTokens.length === 0 ? (
        <p className="note">{fireCount === 0 ? "It never fires." : "No token was counted."}</p>
      ) : (
        <table className={styles["list"]}>
          <tbody>
            {topTokens.map((top) => (
              <tr
                key={top.token}
                title={`${formatInteger(top.count)} of ${formatInteger(fireCount)} firings; ${formatSignificant(top.lift)} times its share of all tokens`}
              >
                <td className={styles["word"]}>
                  <VisibleToken text={top.token} />
                </td>
                <td className={styles["barcell"]}>
                  <span className={styles["hbar"]} style={{ width: `${(100 * top.count) / most}%` }} />
                </td>
                <td className="num">{formatPercent(fireCount === 0 ? 0 : top.count / fireCount, 1)}</td>
                <td className="num dim">× {formatSignificant(top.lift, top.lift >= 100 ? 3 : 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
