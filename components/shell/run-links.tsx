import { Link } from "@/components/ui/link";

type RunLinksProps = { readonly runs: readonly { readonly id: string; readonly name: string }[] };

/** The runs' names, comma-separated, each a link to its run. */
export function RunLinks({ runs }: RunLinksProps) {
  return runs.map(({ id, name }, at) => (
    <span key={id}>
      {at > 0 ? ", " : ""}
      <Link className="link" href={`/runs/${id}`}>
        {name}
      </Link>
    </span>
  ));
}
