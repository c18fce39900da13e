"use client";
import { domainColour } from "@/components/plots/share-bars";
import { DomainMark } from "@/components/shell/domain-mark";
import { Panel } from "@/components/ui/panel";
import { isOfNoisyImages, type LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger, formatPercent } from "@/lib/numbers/format";
import { ImageShares } from "./image-shares";
import styles from "./latent.module.css";

type DomainTableProps = {
  readonly detail: LatentDetail;
  /** The domain whose examples are shown; null for all. */
  readonly chosen: string | null;
  readonly onChoose: (domain: string | null) => void;
};

/**
 * Density in each domain, in the data's order, with its numerator and denominator; of images the share in which it fires. A click shows that domain's
 * examples alone. A diffusion model's domains are its time steps.
 */
export function DomainTable({ detail: { domains, positionKind }, chosen, onChoose }: DomainTableProps) {
  if (domains.length === 0) return null;
  const { plural } = positionKindOf(positionKind);
  const densities = domains.map(({ fireCount, tokens }) => (tokens === 0 ? 0 : fireCount / tokens));
  const most = Math.max(...densities);
  const button = (name: string, order: number, shown = name) => (
    <button
      type="button"
      className={`bare ${styles["domainbutton"]}`}
      aria-pressed={chosen === name}
      title={chosen === name ? `Examples of all ${isByTimestep ? "time steps" : "domains"}` : `Examples of ${name} alone`}
      onClick={() => onChoose(chosen === name ? null : name)}
    >
      <DomainMark name={shown} order={order} />
    </button>
  );
  const ofImages = domains.flatMap(({ name, images, fireCount, tokens, timestep }, order) => {
    if (images === undefined) return [];
    const title = `${name}: ${formatInteger(fireCount)} of ${formatInteger(tokens)} ${plural}, ${formatPercent(densities[order] ?? 0, 2)}`;
    return [
      {
        key: name,
        name: button(name, order, timestep === undefined ? name : formatInteger(timestep)),
        images,
        colour: domainColour(order),
        title,
      },
    ];
  });
  const isOfImages = ofImages.length > 0;
  const isByTimestep = isOfNoisyImages({ domains });
  const what = isOfImages ? "share of images · 95 % CI" : `density · firings of ${plural}`;
  return (
    <Panel title={isByTimestep ? "By time step" : "By domain"} level={3} aside={<span className="tiny dim">{what}</span>}>
      {isOfImages ? (
        <ImageShares lines={ofImages} />
      ) : (
        <table className={styles["list"]}>
          <tbody>
            {domains.map(({ name, fireCount, tokens }, order) => (
              <tr key={name}>
                <td className={styles["domain"]}>{button(name, order)}</td>
                <td className={styles["barcell"]}>
                  <span
                    className="actbar"
                    style={{ width: `${most === 0 ? 0 : (100 * (densities[order] ?? 0)) / most}%`, background: domainColour(order) }}
                  />
                </td>
                <td className="num">{formatPercent(densities[order] ?? 0, 2)}</td>
                <td className="num dim">
                  {formatInteger(fireCount)} of {formatInteger(tokens)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
