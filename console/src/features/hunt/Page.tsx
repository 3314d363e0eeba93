import { EventDrawer } from "../../evidence/EventDrawer";
import { ForCase } from "../../privacy/ForCase";
import { Segments } from "../../ui/bits";
import { useUrl } from "../../url";
import { SearchTab } from "./SearchTab";
import { SqlTab } from "./SqlTab";

/** Search in raw events: by form or by SQL. */
export function HuntPage() {
  const [{ tab }, change] = useUrl();
  const sql = tab === "sql";
  return (
    <div className="page">
      <div className="head">
        <h1>Events</h1>
        <Segments
          label="how to search"
          value={sql ? "sql" : "form"}
          pick={(id) => change({ tab: id === "sql" ? "sql" : undefined })}
          options={[
            { id: "form", text: "Search" },
            { id: "sql", text: "SQL" },
          ]}
        />
      </div>
      <ForCase />
      {sql ? <SqlTab /> : <SearchTab />}
      <EventDrawer />
    </div>
  );
}
