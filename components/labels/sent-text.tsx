import type { ExplanationPreview } from "@/lib/contract/label";
import styles from "./labels.module.css";

/** Every word that an explanation sends: what asks for the label, and what tries it on held-out examples afterwards. */
export function SentText({ messages, scoring }: Pick<ExplanationPreview, "messages" | "scoring">) {
  return (
    <div className={styles["messages"]}>
      <h3>First, for a label</h3>
      <Messages messages={messages} />
      <h3>Then, for its score</h3>
      {scoring === null ? (
        <p className="note">Nothing: too few examples are held out to try the label on. It is kept without a score.</p>
      ) : (
        <>
          <p className="note">
            With the answer in place of {"{label}"}. The model says at which it would expect firing; that is compared with where the latent
            fires.
          </p>
          <Messages messages={scoring} />
        </>
      )}
    </div>
  );
}

function Messages({ messages }: Pick<ExplanationPreview, "messages">) {
  return messages.map((message, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: messages stand in their order
    <section key={place}>
      <h4 className="tiny dim">{message.role}</h4>
      <pre>{message.content}</pre>
    </section>
  ));
}
