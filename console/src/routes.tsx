import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { AccountPage } from "./features/account/Page";
import { ConnectorsPage } from "./features/administration/Connectors";
import { AdministrationPage } from "./features/administration/Page";
import { AlertPage } from "./features/alert/Page";
import { ApprovalsPage } from "./features/approvals/Page";
import { CalibrationPage } from "./features/calibration/Page";
import { CasesPage } from "./features/cases/Page";
import { DutiesPage } from "./features/duties/Page";
import { HuntPage } from "./features/hunt/Page";
import { LedgerPage } from "./features/ledger/Page";
import { OverviewPage } from "./features/overview/Page";
import { ContestsPage } from "./features/own/Contests";
import { OwnPage } from "./features/own/Page";
import { PoliciesPage } from "./features/policies/Page";
import { QueuePage } from "./features/queue/Page";
import { RejectsPage } from "./features/rejects/Page";
import { ReportsPage } from "./features/reports/Page";
import { RoomPage } from "./features/room/Page";
import { RulesPage } from "./features/rules/Page";
import { RunPage } from "./features/run/Page";
import { Shell } from "./features/shell/Shell";
import { SourcesPage } from "./features/sources/Page";
import { SubjectListPage } from "./features/subject/ListPage";
import { SubjectPage } from "./features/subject/Page";
import { SupportPage } from "./features/support/Page";
import { WhatIfPage } from "./features/what-if/Page";
import { useSession } from "./session/session";
import { Empty } from "./ui/states";
import { parseSearch, type Search, textOnly, writeSearch } from "./url";

/** The queue for those who may see it, figures for everybody else. */
function Home() {
  return useSession().capabilities.sees_subjects ? <QueuePage /> : <OverviewPage />;
}

const root = createRootRoute({
  component: Shell,
  validateSearch: (raw: Record<string, unknown>): Search => textOnly(raw),
  notFoundComponent: () => <Empty title="There is no such page">Pick a page from the bar above.</Empty>,
});

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/", component: Home }),
  createRoute({ getParentRoute: () => root, path: "/account", component: AccountPage }),
  createRoute({ getParentRoute: () => root, path: "/alerts/$id", component: AlertPage }),
  createRoute({ getParentRoute: () => root, path: "/administration", component: AdministrationPage }),
  createRoute({ getParentRoute: () => root, path: "/administration/connectors", component: ConnectorsPage }),
  createRoute({ getParentRoute: () => root, path: "/administration/policies", component: PoliciesPage }),
  createRoute({ getParentRoute: () => root, path: "/mine", component: OwnPage }),
  createRoute({ getParentRoute: () => root, path: "/contests", component: ContestsPage }),
  createRoute({ getParentRoute: () => root, path: "/approvals", component: ApprovalsPage }),
  createRoute({ getParentRoute: () => root, path: "/cases", component: CasesPage }),
  createRoute({ getParentRoute: () => root, path: "/duties", component: DutiesPage }),
  createRoute({ getParentRoute: () => root, path: "/cases/$id", component: RoomPage }),
  createRoute({ getParentRoute: () => root, path: "/runs/$id", component: RunPage }),
  createRoute({ getParentRoute: () => root, path: "/ledger", component: LedgerPage }),
  createRoute({ getParentRoute: () => root, path: "/subjects", component: SubjectListPage }),
  createRoute({ getParentRoute: () => root, path: "/subjects/$id", component: SubjectPage }),
  createRoute({ getParentRoute: () => root, path: "/hunt", component: HuntPage }),
  createRoute({ getParentRoute: () => root, path: "/sources", component: SourcesPage }),
  createRoute({ getParentRoute: () => root, path: "/rejects", component: RejectsPage }),
  createRoute({ getParentRoute: () => root, path: "/rules", component: RulesPage }),
  createRoute({ getParentRoute: () => root, path: "/reports", component: ReportsPage }),
  createRoute({ getParentRoute: () => root, path: "/calibration", component: CalibrationPage }),
  createRoute({ getParentRoute: () => root, path: "/support", component: SupportPage }),
  createRoute({ getParentRoute: () => root, path: "/what-if", component: WhatIfPage }),
]);

/** Every page by its address. */
export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch: writeSearch,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
