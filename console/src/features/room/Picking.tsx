import { useColleagues } from "../../api/colleagues";
import { Choice } from "../../ui/bits";
import { Failure, Loading } from "../../ui/states";
import { choices } from "./picking";

/** Picks a colleague from the list of those who work with Tandem; `likely` come first, `without` are left out. */
export function PickColleague({
  label,
  value,
  pick,
  likely = [],
  without = [],
}: {
  label: string;
  value: string;
  pick: (account: string) => void;
  likely?: string[];
  without?: string[];
}) {
  const query = useColleagues();
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  if (!query.data) return <Loading />;
  const found = choices(query.data.colleagues, likely, without);
  return (
    <Choice
      label={label}
      value={value}
      pick={pick}
      options={[{ id: "", text: found.length > 0 ? "pick one" : "there is nobody else" }, ...found]}
    />
  );
}
