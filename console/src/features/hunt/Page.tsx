import { useEffect } from "react";
import { EventDrawer } from "../../evidence/EventDrawer";
import { ForCase } from "../../privacy/ForCase";
import { useSession } from "../../session/session";
import { Segments } from "../../ui/bits";
import { Empty, Loading } from "../../ui/states";
import { useUrl } from "../../url";
import { fromForm } from "./address";
import { SearchTab } from "./SearchTab";
import { SqlTab } from "./SqlTab";

/** Search in raw events: by words or by SQL. */
export function HuntPage() {
  const [url, change] = useUrl();
  const { hunts } = useSession().capabilities;
  const sql = url.tab === "sql";
  const today = sql ? null : fromForm(url);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an address of earlier days is turned once
  useEffect(() => {
    if (today) change(today, { replace: true });
  }, [JSON.stringify(today)]);
  return (
    <div className="page">
      <div className="head">
        <h1>Events</h1>
        {hunts && (
          <Segments
            label="how to search"
            value={sql ? "sql" : "form"}
            pick={(id) => change({ tab: id === "sql" ? "sql" : undefined })}
            options={[
              { id: "form", text: "Search" },
              { id: "sql", text: "SQL" },
            ]}
          />
        )}
      </div>
      <ForCase />
      {!hunts && (
        <Empty title="Not for this role">
          Raw events are searched by IT analysts. Ask for another role if your work needs it.
        </Empty>
      )}
      {hunts && (sql ? <SqlTab /> : today ? <Loading /> : <SearchTab />)}
      <EventDrawer />
    </div>
  );
}
