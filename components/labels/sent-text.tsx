import type { ExplanationPreview } from "@/lib/contract/label";
import styles from "./labels.module.css";

/** The full text that an explanation sends: the request for the label, then its test on held-out examples. */
export function SentText({ messages, scoring }: Pick<ExplanationPreview, "messages" | "scoring">) {
  return (
    <div className={`stack ${styles["messages"]}`}>
      <h3>First, for a label</h3>
      <Messages messages={messages} />
      <h3>Then, for its score</h3>
      {scoring === null ? (
        <p className="note">Nothing: too few held-out examples to score the label. It is saved without a score.</p>
      ) : (
        <>
          <p className="note">
            {"{label}"} is replaced by the label. The model predicts which examples fire; the score compares this with where the latent
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
