import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function NotFound() {
  return (
    <main className="page">
      <EmptyState
        title="There is no such page"
        action={
          <ButtonLink look="primary" href="/">
            All runs
          </ButtonLink>
        }
      >
        The address may be mistyped, or what it named was deleted.
      </EmptyState>
    </main>
  );
}
