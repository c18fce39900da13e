import type { RefObject } from "react";
import { Drawing } from "@/components/plots/drawing";
import { basisWords, formatScore, formatScoreDifference, scoreName, unitWords } from "@/lib/comparison/score-words";
import type { ComparedSide, ScoreLine } from "@/lib/contract/comparison";
import { ForestRowMarks, rowHeight } from "./forest-row";

type ForestFigureProps = {
  readonly svgRef: RefObject<SVGSVGElement | null>;
  readonly lines: readonly ScoreLine[];
  readonly first: ComparedSide;
  readonly second: ComparedSide;
};

const width = 980;
const [top, gap] = [44, 10];
/** Positions of the columns: left ends of names, right ends of numbers, and the plot's extent. */
const columns = { name: 12, first: 400, second: 500, drawn: 520, difference: width - 12 };
const drawnWidth = 290;

/** The scorecard as one SVG with its text, for download. */
export function ForestFigure({ svgRef, lines, first, second }: ForestFigureProps) {
  const height = top + lines.length * (rowHeight + gap) + 26;
  return (
    <Drawing ref={svgRef} label={`Scorecard of ${first.name} and ${second.name}`} width={width} height={height}>
      <text x={columns.first} y={20} textAnchor="end" className="ink b">
        {first.name}
      </text>
      <text x={columns.second} y={36} textAnchor="end" className="ink b">
        {second.name}
      </text>
      <text x={columns.drawn + drawnWidth / 2} y={20} textAnchor="middle">
        {`← ${first.name} better · ${second.name} better →`}
      </text>
      {lines.map((line, place) => {
        const y = top + place * (rowHeight + gap);
        const difference = formatScoreDifference(line);
        return (
          <g key={line.key} transform={`translate(0 ${y})`}>
            <text x={columns.name} y={18} className="ink">
              {scoreName(line)}
            </text>
            <text x={columns.name} y={34}>
              {`${unitWords(line)}; ${basisWords(line)}`}
            </text>
            <text x={columns.first} y={24} textAnchor="end" className="ink">
              {formatScore(line, line.first.mean)}
            </text>
            <text x={columns.second} y={24} textAnchor="end" className="ink">
              {formatScore(line, line.second.mean)}
            </text>
            <g transform={`translate(${columns.drawn} 0)`}>
              <ForestRowMarks line={line} methods={[first.method, second.method]} width={drawnWidth} />
            </g>
            <text x={columns.difference} y={18} textAnchor="end" className="ink b">
              {difference?.value ?? "no interval"}
            </text>
            <text x={columns.difference} y={34} textAnchor="end">
              {difference?.interval ?? ""}
            </text>
          </g>
        );
      })}
      <text x={columns.name} y={height - 8}>
        Differences (first − second) with paired 95 % intervals. Each line has its own scale.
      </text>
    </Drawing>
  );
}
