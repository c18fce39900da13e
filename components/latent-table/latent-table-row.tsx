import Link from "next/link";
import { domainShares } from "@/components/latents/domain-shares";
import { LatentName } from "@/components/latents/latent-name";
import { TokenChip } from "@/components/latents/token-chip";
import { ShareBars } from "@/components/plots/share-bars";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { Skeleton } from "@/components/ui/skeleton";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import type { NumberColumn } from "./columns";
import styles from "./latents.module.css";

type LatentTableRowProps = {
  readonly row: LatentRow;
  readonly columns: readonly NumberColumn[];
  readonly domains: CollectionSummary["domains"];
  readonly href: string;
  readonly index: number;
  readonly isFocused: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  readonly onOpen: () => void;
};

/** One latent in the table; a card on a narrow screen. */
export function LatentTableRow({ row, columns, domains, href, index, isFocused, isSelected, onSelect, onOpen }: LatentTableRowProps) {
  return (
    <tr
      className={classNames(styles["row"], isFocused && styles["focused"])}
      aria-selected={isSelected}
      aria-rowindex={index + 2}
      onClick={(event) => {
        if (!(event.target instanceof Element) || event.target.closest("a, input, label, button") === null) onOpen();
      }}
    >
      <td className={styles["choose"]}>
        <Checkbox label={`Select ${row.module} ${row.index}`} isLabelHidden isChecked={isSelected} onIsCheckedChange={onSelect} />
      </td>
      <td className={styles["who"]}>
        <Link href={href} title={`${row.module} ${row.index}`}>
          <LatentName layer={row.layer} projection={row.projection} index={row.index} />
        </Link>
      </td>
      <td className="num">{row.fireCount === 0 ? <span className="dim">dead</span> : formatInteger(row.fireCount)}</td>
      {columns.map((column) => (
        <td
          key={column.key}
          className={classNames("num", column.key === "density" && styles["density"], column.givesWay && styles[column.givesWay])}
        >
          {column.write(row)}
        </td>
      ))}
      {domains.length > 0 && (
        <td className={styles["domains"]}>
          <ShareBars shares={domainShares(row.domainCounts, domains)} names={domains.map((domain) => domain.name)} />
        </td>
      )}
      <td className={styles["tokens"]}>
        {row.topTokens.slice(0, 5).map((top) => (
          <TokenChip
            key={top.token}
            text={top.token}
            title={`${formatInteger(top.count)} firings, ${formatSignificant(top.lift)} × its base rate`}
          />
        ))}
      </td>
    </tr>
  );
}

/** A row whose page is on the way; nothing is seen of it in the first 200 ms. */
export function LatentTableGap({ columns, hasDomains }: { readonly columns: number; readonly hasDomains: boolean }) {
  return (
    <tr className={styles["row"]}>
      <td className={styles["choose"]} />
      <td className={styles["who"]}>
        <span className={styles["late"]}>
          <Skeleton width={120} />
        </span>
      </td>
      {Array.from({ length: columns + 1 }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cells are all alike
        <td key={column} />
      ))}
      {hasDomains && <td className={styles["domains"]} />}
      <td className={styles["tokens"]} />
    </tr>
  );
}
