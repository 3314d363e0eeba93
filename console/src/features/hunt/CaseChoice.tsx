import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type CaseSummary, useCases } from "../../api/cases";
import { Choice } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { Empty, Loaded } from "../../ui/states";
import { useCase } from "../../url";

/** Asks for something that is done for a case: only once the colleague's open cases are known, and if there is one. */
export function ForOpenCase({
  title,
  close,
  children,
}: {
  title: string;
  close: () => void;
  /** Gets the open cases, and which of them is picked at first: the one of the address, or the only one. */
  children: (cases: CaseSummary[], first: string) => ReactNode;
}) {
  const query = useCases({});
  const here = useCase();
  const open = query.data?.cases.filter(({ state }) => state !== "closed") ?? [];
  if (open.length > 0) {
    const first = open.find(({ id }) => id === here) ?? (open.length === 1 ? open[0] : undefined);
    return children(open, first?.id ?? "");
  }
  return (
    <Drawer middle title={title} close={close}>
      <Loaded query={query}>
        {() => (
          <Empty title="You are in no open case">
            Raw events leave the search only for a case. Open one on the page of{" "}
            <Link to="/cases">cases</Link>, or from an alert.
          </Empty>
        )}
      </Loaded>
    </Drawer>
  );
}

/** Picks one of some cases. */
export function CaseChoice({
  cases,
  id,
  pick,
}: {
  cases: CaseSummary[];
  id: string;
  pick: (id: string) => void;
}) {
  return (
    <Choice
      label="case"
      value={id}
      pick={pick}
      options={[
        ...(id === "" ? [{ id: "", text: "pick one" }] : []),
        ...cases.map((one) => ({ id: one.id, text: `${one.id} ${one.title}` })),
      ]}
    />
  );
}
