import { useRejects, useReplay, useSources } from "../../api/queries";
import type { RejectList } from "../../api/types";
import { Choice } from "../../ui/bits";
import { Pages } from "../../ui/Pages";
import { Empty, Failure, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { bytes, count, counted, time } from "../../words/format";
import { TEXT } from "../../words/text";
import { RejectDrawer } from "./RejectDrawer";

const SIZE = 50;

/** Records that could not be read: why, and another try. */
export function RejectsPage() {
  const [url, change] = useUrl();
  const page = Number(url.page ?? "0") || 0;
  const status = url.status ?? "open";
  const query = useRejects({ source: url.source, status, limit: SIZE, offset: page * SIZE });
  const sources = useSources();
  const replay = useReplay();
  const names = sources.data?.sources.map((s) => s.source) ?? [];
  return (
    <div className="page">
      <div className="head">
        <h1>Rejected records</h1>
        <p className="muted small">Nothing is lost: mend the mapping, then try them again.</p>
      </div>
      <section className="panel row end" aria-label="which records">
        <Choice
          label="source"
          value={url.source ?? ""}
          pick={(source) => change({ source: source || undefined, page: undefined })}
          options={[{ id: "", text: "all" }, ...names.map((id) => ({ id, text: id }))]}
        />
        <Choice
          label="status"
          value={status}
          pick={(to) => change({ status: to, page: undefined })}
          options={["open", "replayed"]}
        />
        <button
          type="button"
          disabled={!url.source || replay.isPending}
          title={url.source ? undefined : "pick a source first"}
          onClick={() => url.source && replay.mutate({ source: url.source })}
        >
          {url.source ? `Try all of ${url.source} again` : "Try all again: pick a source first"}
        </button>
        <span role="status" data-replayed={replay.data?.tried}>
          {replay.isPending && "Trying…"}
          {replay.data &&
            `${counted(replay.data.tried, "record")} tried: ${count(replay.data.replayed)} became events, ${count(replay.data.still_rejected)} still cannot be read.`}
        </span>
      </section>
      {replay.error && <Failure error={replay.error} />}
      <Loaded query={query}>
        {(list) =>
          list.rejects.length === 0 ? (
            <Empty title={TEXT.noRejectsTitle}>{TEXT.noRejects}</Empty>
          ) : (
            <Rows list={list} page={page} retry={(id) => replay.mutate({ ids: [id] })} />
          )
        }
      </Loaded>
      <RejectDrawer retry={(id) => replay.mutate({ ids: [id] })} />
    </div>
  );
}

function Rows({ list, page, retry }: { list: RejectList; page: number; retry: (id: number) => void }) {
  const [, change] = useUrl();
  return (
    <section className="panel stack">
      <section className="scroll" aria-label="rejected records" tabIndex={0}>
        <table>
          <caption>{counted(list.total, "record")}, newest first</caption>
          <thead>
            <tr>
              <th scope="col">received</th>
              <th scope="col">source</th>
              <th scope="col">why and what to do</th>
              <th scope="col">file or stream</th>
              <th scope="col" className="num">
                at byte
              </th>
              <th scope="col" className="num">
                size
              </th>
              <th scope="col">
                <span className="sr">actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.rejects.map((reject) => (
              <tr key={reject.id} data-reject={reject.id}>
                <td className="nowrap">{time(reject.received)}</td>
                <td className="nowrap">{reject.source}</td>
                <td className="wide">
                  {reject.reason}
                  <div className="muted small">{reject.hint}</div>
                </td>
                <td className="mono break">{reject.stream}</td>
                <td className="num">{count(reject.offset)}</td>
                <td className="num">{bytes(reject.bytes)}</td>
                <td className="nowrap">
                  <button type="button" onClick={() => change({ reject: String(reject.id) })}>
                    View
                  </button>{" "}
                  {reject.status === "open" && (
                    <button type="button" onClick={() => retry(reject.id)}>
                      Try again
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Pages
        page={page}
        size={SIZE}
        total={list.total}
        go={(to) => change({ page: to ? String(to) : undefined })}
      />
    </section>
  );
}
