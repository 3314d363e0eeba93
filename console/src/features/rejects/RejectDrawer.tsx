import { useReject } from "../../api/queries";
import { Pairs } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { bytes, count, time } from "../../words/format";

/** The rejected record that the address names, byte for byte. */
export function RejectDrawer({ retry }: { retry: (id: number) => void }) {
  const [{ reject }, change] = useUrl();
  if (!reject) return null;
  return <Shown id={reject} close={() => change({ reject: undefined })} retry={retry} />;
}

function Shown({ id, close, retry }: { id: string; close: () => void; retry: (id: number) => void }) {
  const query = useReject(id);
  return (
    <Drawer title="Rejected record" close={close}>
      <Loaded query={query}>
        {(reject) => (
          <>
            <div className="stack">
              <p>
                <b>{reject.reason}</b>
              </p>
              <p>{reject.hint}</p>
              {reject.status === "open" && (
                <p>
                  <button
                    type="button"
                    onClick={() => {
                      retry(reject.id);
                      close();
                    }}
                  >
                    Try again
                  </button>
                </p>
              )}
            </div>
            <Pairs
              caption="where it stood"
              pairs={[
                ["source", reject.source],
                ["file or stream", reject.stream],
                ["at byte", count(reject.offset)],
                ["size", bytes(reject.bytes)],
                ["received", time(reject.received)],
                ["status", reject.status],
              ]}
            />
            {reject.withheld ? (
              <p className="muted" data-withheld>
                The record itself is not shown: {reject.withheld}.
              </p>
            ) : (
              <section className="stack">
                <h3>
                  {reject.raw_text === null || reject.raw_text === undefined
                    ? "As received (base64, since it is no text)"
                    : "As received"}
                </h3>
                <pre tabIndex={0}>{reject.raw_text ?? reject.raw_base64}</pre>
              </section>
            )}
          </>
        )}
      </Loaded>
    </Drawer>
  );
}
