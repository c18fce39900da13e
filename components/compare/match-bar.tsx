"use client";
import { MethodMark } from "@/components/shell/method-mark";
import { ButtonLink } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { budgetWords } from "@/lib/comparison/budget-words";
import type { ComparedSide } from "@/lib/contract/comparison";
import type { MatchMode } from "@/lib/contract/experiment";
import type { MatchedBudget, MatchedBudgets } from "@/lib/contract/matched-budgets";
import styles from "./compare.module.css";
import { budgetStatement, firstEqual, modes, type Places, ratioMark, suggestionHref, suggestionSentence } from "./match-words";

type MatchBarProps = {
  readonly budgets: MatchedBudgets | undefined;
  readonly places: Places;
  readonly mode: MatchMode | "";
  readonly onMode: (mode: MatchMode) => void;
};

type MatchStatementProps = {
  readonly budgets: MatchedBudgets;
  readonly sides: readonly ComparedSide[];
  readonly places: Places;
  readonly mode: MatchMode | "";
  readonly onSecond: (place: number) => void;
};

/** The budgets that two sides may share, with the ratio of the two where they do not. */
export function MatchBar({ budgets, places, mode, onMode }: MatchBarProps) {
  return (
    <div className={styles["modes"]}>
      <Segmented<MatchMode>
        label="Match"
        value={shownMode(budgets, places, mode)}
        onValueChange={onMode}
        options={modes.map((value) => {
          const own = budgets?.budgets.find((one) => one.mode === value);
          return {
            value,
            label: (
              <>
                {budgetWords[value].name}
                <span className={`dim regular ${styles["ratio"]}`}>{own === undefined ? "" : ratioMark(own, places)}</span>
              </>
            ),
          };
        })}
      />
    </div>
  );
}

/** Whether the chosen budget is equal, which other sides match, or which run would. */
export function MatchStatement({ budgets, sides, places, mode, onSecond }: MatchStatementProps) {
  const shown = shownMode(budgets, places, mode);
  const budget = budgets.budgets.find((one) => one.mode === shown);
  return (
    <div className={styles["statement"]} aria-live="polite">
      {budget === undefined ? null : (
        <Statement budget={budget} tolerance={budgets.tolerance} sides={sides} places={places} onSecond={onSecond} />
      )}
    </div>
  );
}

function shownMode(budgets: MatchedBudgets | undefined, places: Places, mode: MatchMode | ""): MatchMode {
  return mode === "" ? firstEqual(budgets?.budgets ?? [], places) : mode;
}

type StatementProps = Pick<MatchStatementProps, "sides" | "places" | "onSecond"> & {
  readonly budget: MatchedBudget;
  readonly tolerance: number;
};

function Statement({ budget, tolerance, sides, places, onSecond }: StatementProps) {
  const { mode, fits, values, suggestion } = budget;
  const isMet = fits.includes(places[1]);
  const others = fits.filter((place) => place !== places[1]);
  return (
    <>
      <span>{budgetStatement(budget, sides, places, tolerance)}</span>
      {others.length === 0 ? null : (
        <span className={styles["fits"]}>
          {isMet ? "Also matched:" : `${sides[places[0]]?.name} is matched by`}
          {others.slice(0, mostFits).map((place) => {
            const side = sides[place];
            return side === undefined ? null : (
              <button
                key={place}
                type="button"
                className={`bare ${styles["pick"]}`}
                title="Compare with this run"
                onClick={() => onSecond(place)}
              >
                <MethodMark method={side.method}>{side.name}</MethodMark>
              </button>
            );
          })}
          {others.length > mostFits ? <span className="dim">and {others.length - mostFits} more</span> : null}
        </span>
      )}
      {isMet ? null : suggestion !== null && others.length === 0 ? (
        <span className={styles["fits"]}>
          {suggestionSentence(suggestion, sides)}
          <ButtonLink size="dense" href={suggestionHref(suggestion)}>
            Set up this run
          </ButtonLink>
        </span>
      ) : mode === "budget" ? (
        <span className={styles["fits"]}>
          An experiment tries the same number of settings per method.
          <ButtonLink size="dense" href="/experiments/new">
            New experiment
          </ButtonLink>
        </span>
      ) : others.length === 0 && values[places[0]] != null && values[places[1]] != null ? (
        <span className="dim">No size of either side matches {budgetWords[mode].noun}.</span>
      ) : null}
    </>
  );
}

/** More would push the scorecard off the screen. */
const mostFits = 6;
