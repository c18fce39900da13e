import { domainShares } from "@/components/latents/domain-shares";
import { ShareBars } from "@/components/plots/share-bars";
import { classNames } from "@/components/ui/class-names";
import { EffectDot } from "./effect-dot";
import { BothTails, Label, LatentCell, TopTokens } from "./latent-cell";
import styles from "./latents.module.css";
import type { RowProps } from "./row-props";
import { shownValue } from "./sort-names";

/** One plot for all cards, on one axis: the effects where any is measured, else the domains. */
function CardPlot({ row, view }: Pick<RowProps, "row" | "view">) {
  if (view.axis === null)
    return (
      !view.isDense &&
      view.domains.length > 0 && (
        <ShareBars shares={domainShares(row.domainCounts, view.domains)} names={view.domains.map(({ name }) => name)} />
      )
    );
  if (row.ablation === null) return <span className="tiny dim">Δ loss not measured</span>;
  return <EffectDot effect={row.ablation} axis={view.axis} mark={view.mark} isDense={view.isDense} />;
}

/** A latent where the screen is narrow: the value that rows are ordered by, its label, its effect (or its domains), its tokens. */
export function LatentCard({ row, view, sort }: Pick<RowProps, "row" | "view" | "sort">) {
  return (
    <>
      <td className={classNames(styles["inCard"], styles["value"])}>
        <LatentCell row={row} column={shownValue(sort, view.isDense, row.ablation !== null)} view={view} hasTokens />
      </td>
      <td className={classNames(styles["inCard"], styles["label"])}>
        <Label row={row} positions={view.positions} hasTokens={view.positions.hasVocabulary} />
      </td>
      <td className={classNames(styles["inCard"], styles["plot"])}>
        <CardPlot row={row} view={view} />
      </td>
      <td className={classNames(styles["inCard"], styles["topTokens"])}>
        {view.isDense ? <BothTails row={row} searched={view.searched} /> : <TopTokens row={row} searched={view.searched} />}
      </td>
    </>
  );
}
