import { useEffect } from "react";
import { TEXT } from "../../words/text";
import { SignInForm } from "./Form";
import styles from "./SignIn.module.css";

/** Who is not signed in sees this in the place of every page. */
export function SignInPage() {
  useEffect(() => {
    document.title = "Sign in · Tandem";
  }, []);
  return (
    <main className={`page ${styles.page}`} id="page">
      <section className="panel stack">
        <h1>{TEXT.signInTitle}</h1>
        <SignInForm />
        <details>
          <summary>{TEXT.signInOther}</summary>
          <div className="stack">
            <p>{TEXT.signIn}</p>
            <pre>{TEXT.signInCommand}</pre>
          </div>
        </details>
      </section>
    </main>
  );
}
