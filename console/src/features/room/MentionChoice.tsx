/** Members who can be mentioned: those who will be able to read the note. */
export function MentionChoice({ names, pick }: { names: string[]; pick: (name: string) => void }) {
  return (
    <div className="row small" role="group" aria-label="mention a member">
      <span className="muted">
        {names.length === 0 ? "Nobody else would read this note." : "mention, of those who will read it:"}
      </span>
      {names.map((name) => (
        <button key={name} type="button" className="link" onClick={() => pick(name)}>
          @{name}
        </button>
      ))}
    </div>
  );
}
