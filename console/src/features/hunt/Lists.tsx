import { type EnrichmentLists, type ListState, type ThreatList, useLists } from "../../api/hunt";
import { Tag } from "../../ui/bits";
import { Loaded } from "../../ui/states";
import { count } from "../../words/format";
import { said } from "../../words/labels";
import { troubled } from "./troubled";

const EXAMPLE = `[enrichment]
assets = "assets.csv"
geoip = "GeoLite2-City.mmdb"

[[enrichment.threat_lists]]
name = "webmail"
file = "webmail.txt"
kind = "domain"
expires = "2027-01-01"`;

/** Lists that events are shown with, those with something wrong first. */
export function Lists() {
  const query = useLists();
  const wrong = query.data ? troubled(query.data) : 0;
  return (
    <details className="panel" aria-label="lists" open={wrong > 0 || undefined} data-lists={wrong}>
      <summary>
        Lists that events are compared with
        {wrong > 0 && <span className="small"> ({count(wrong)} to look at)</span>}
      </summary>
      <Loaded query={query}>{(lists) => <All lists={lists} />}</Loaded>
    </details>
  );
}

function All({ lists: { lists, assets, geoip } }: { lists: EnrichmentLists }) {
  if (lists.length === 0 && !assets && !geoip)
    return (
      <div className="stack">
        <p>None yet. Name them in the settings, and events are shown with what they know:</p>
        <pre tabIndex={0}>{EXAMPLE}</pre>
      </div>
    );
  const files: [string, ListState | null | undefined][] = [
    ["assets", assets],
    ["countries", geoip],
  ];
  return (
    <section className="scroll" aria-label="lists and their state" tabIndex={0}>
      <table>
        <caption className="sr">lists and their state</caption>
        <thead>
          <tr>
            <th scope="col">list</th>
            <th scope="col">of</th>
            <th scope="col" className="num">
              entries
            </th>
            <th scope="col">holds until</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody>
          {[...lists]
            .sort((a, b) => Number(Boolean(b.problem)) - Number(Boolean(a.problem)))
            .map((list) => (
              <Row key={list.name} name={list.name} of={list} />
            ))}
          {files.map(([name, of]) => of && <Row key={name} name={name} of={of} />)}
        </tbody>
      </table>
    </section>
  );
}

function Row({ name, of }: { name: string; of: ListState | ThreatList }) {
  const list = "kind" in of ? of : null;
  const file = "kind" in of ? null : of;
  return (
    <tr data-list={name}>
      <th scope="row">{name}</th>
      <td>{list ? said(list.kind) : "–"}</td>
      <td className="num">
        {count(of.entries)}
        {list && list.expired_entries > 0 ? ` (${count(list.expired_entries)} expired)` : ""}
      </td>
      <td className="nowrap">{list?.expires ?? (file?.built ? `made on ${file.built}` : "–")}</td>
      <td>
        <Tag>{said(of.state)}</Tag> {of.problem}
      </td>
    </tr>
  );
}
