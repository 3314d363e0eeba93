import { useSubjects } from "../../api/queries";
import type { SubjectList } from "../../api/types";
import { Spark } from "../../charts/Spark";
import { Pseudonym } from "../../privacy/Pseudonym";
import { Choice, Impact, Tag } from "../../ui/bits";
import { Level } from "../../ui/Level";
import { Pages } from "../../ui/Pages";
import { SearchField } from "../../ui/SearchField";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { counted, decibans, tenure } from "../../words/format";
import { LEVELS, said } from "../../words/labels";
import { TEXT } from "../../words/text";

const SIZE = 50;

/** All subjects, by pseudonym. */
export function SubjectListPage() {
  const [url, change] = useUrl();
  const page = Number(url.page ?? "0") || 0;
  const query = useSubjects({
    q: url.q,
    level: url.level,
    department: url.department,
    sort: url.sort ?? "score",
    limit: SIZE,
    offset: page * SIZE,
  });
  return (
    <div className="page">
      <div className="head">
        <h1>Subjects</h1>
        <p className="muted small">{TEXT.noNumbers}</p>
      </div>
      <section className="panel row end" aria-label="which subjects">
        <SearchField
          label="pseudonym, role or site"
          value={url.q ?? ""}
          search={(q) => change({ q: q || undefined, page: undefined })}
        />
        <SearchField
          label="department"
          value={url.department ?? ""}
          search={(department) => change({ department: department || undefined, page: undefined })}
          second
        />
        <Choice
          label="level"
          value={url.level ?? ""}
          pick={(level) => change({ level: level || undefined, page: undefined })}
          options={[{ id: "", text: "any" }, ...LEVELS]}
        />
        <Choice
          label="sort by"
          value={url.sort ?? "score"}
          pick={(sort) => change({ sort: sort === "score" ? undefined : sort })}
          options={[
            { id: "score", text: "score, highest first" },
            { id: "id", text: "pseudonym" },
            { id: "department", text: "department" },
          ]}
        />
      </section>
      <Loaded query={query}>
        {(list) =>
          list.subjects.length === 0 ? (
            <Empty title="Nobody matches">{TEXT.noSubjectsFound}</Empty>
          ) : (
            <Rows list={list} page={page} />
          )
        }
      </Loaded>
    </div>
  );
}

function Rows({ list, page }: { list: SubjectList; page: number }) {
  const [, change] = useUrl();
  return (
    <section className="panel stack">
      <section className="scroll" aria-label="subjects" tabIndex={0}>
        <table>
          <caption>{counted(list.total, "subject")}</caption>
          <thead>
            <tr>
              <th scope="col">subject</th>
              <th scope="col">level</th>
              <th scope="col" className="num">
                score
              </th>
              <th scope="col">last 30 days</th>
              <th scope="col">impact</th>
              <th scope="col">role</th>
              <th scope="col">department</th>
              <th scope="col">site</th>
              <th scope="col">here for</th>
              <th scope="col" className="num">
                open alerts
              </th>
            </tr>
          </thead>
          <tbody>
            {list.subjects.map((s) => (
              <tr key={s.id}>
                <td className="nowrap">
                  <Pseudonym id={s.id} />
                </td>
                <td>
                  <Level level={s.level} />
                </td>
                <td className="num">{decibans(s.score)}</td>
                <td>
                  <Spark
                    values={s.spark}
                    label={`score of the last ${s.spark.length} days, now ${decibans(s.score)}`}
                  />
                </td>
                <td>
                  <Impact impact={s.impact} />
                </td>
                <td>
                  {s.role || said(s.kind)} {s.settling_in && <Tag>settling in</Tag>}{" "}
                  {s.absent && <Tag>absent</Tag>} {s.leaving_on && <Tag human>leaving</Tag>}
                </td>
                <td>{s.department || "–"}</td>
                <td>{s.site || "–"}</td>
                <td className="nowrap">{typeof s.tenure_days === "number" ? tenure(s.tenure_days) : "–"}</td>
                <td className="num">{s.open_alerts || "–"}</td>
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
