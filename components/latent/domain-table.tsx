"use client";
import { domainColour } from "@/components/plots/share-bars";
import { DomainMark } from "@/components/shell/domain-mark";
import { Panel } from "@/components/ui/panel";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger, formatPercent } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type DomainTableProps = {
  readonly detail: LatentDetail;
  /** The domain whose examples are shown; null for all. */
  readonly chosen: string | null;
  readonly onChoose: (domain: string | null) => void;
};

/** Density in each domain, in the data's order, with its numerator and denominator; a click shows that domain's examples alone. */
export function DomainTable({ detail, chosen, onChoose }: DomainTableProps) {
  if (detail.domains.length === 0) return null;
  const densities = detail.domains.map((domain) => (domain.tokens === 0 ? 0 : domain.fireCount / domain.tokens));
  const most = Math.max(...densities);
  return (
    <Panel
      title="By domain"
      level={3}
      aside={<span className="tiny dim">density · firings of {positionKindOf(detail.positionKind).plural}</span>}
    >
      <table className={styles["list"]}>
        <tbody>
          {detail.domains.map((domain, order) => (
            <tr key={domain.name}>
              <td className={styles["domain"]}>
                <button
                  type="button"
                  className={`bare ${styles["domainbutton"]}`}
                  aria-pressed={chosen === domain.name}
                  title={chosen === domain.name ? "Examples of all domains" : `Examples of ${domain.name} alone`}
                  onClick={() => onChoose(chosen === domain.name ? null : domain.name)}
                >
                  <DomainMark name={domain.name} order={order} />
                </button>
              </td>
              <td className={styles["barcell"]}>
                <span
                  className="actbar"
                  style={{ width: `${most === 0 ? 0 : (100 * (densities[order] ?? 0)) / most}%`, background: domainColour(order) }}
                />
              </td>
              <td className="num">{formatPercent(densities[order] ?? 0, 2)}</td>
              <td className="num dim">
                {formatInteger(domain.fireCount)} of {formatInteger(domain.tokens)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
