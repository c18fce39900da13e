import { ButtonLink } from "@/components/ui/button";

export default function NotFound() {
  return (
    <main className="page">
      <div className="empty">
        <h1>Page not found</h1>
        <p>The address may be mistyped, or what it named was deleted.</p>
        <div className="row">
          <ButtonLink look="primary" href="/">
            All runs
          </ButtonLink>
        </div>
      </div>
    </main>
  );
}
