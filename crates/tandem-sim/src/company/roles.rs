//! What each role does on a usual day. One table; everything about a role's habits is in its row.

use super::profile::{
    BUYING, CLERK, Department as D, Duty, EXECUTIVE, FIELD, GUARD, HELP_DESK, MAKER, OFFICE, Profile,
    SERVICE, SYSTEMS, TERMINAL, Work,
};

/// Standing inside a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Reports to a lead or a head.
    Staff,
    /// Leads a team.
    Lead,
    /// Heads the department.
    Head,
}

/// What somebody is to the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// On the payroll.
    Employee,
    /// Under a contract of their own.
    Contractor,
    /// Of another company.
    Partner,
}

/// A role and its habits.
#[derive(Debug)]
pub(crate) struct Role {
    /// Title in the people files.
    pub(crate) title: &'static str,
    /// Department.
    pub(crate) department: D,
    /// Standing.
    pub(crate) level: Level,
    /// Employee, contractor or partner.
    pub(crate) kind: Kind,
    /// Share of the staff; the rows add up to about 1,000.
    pub(crate) weight: u32,
    /// Habits.
    pub(crate) profile: Profile,
}

const fn row(title: &'static str, department: D, weight: u32, profile: Profile) -> Role {
    Role {
        title,
        department,
        level: Level::Staff,
        kind: Kind::Employee,
        weight,
        profile,
    }
}

const fn lead(title: &'static str, department: D, weight: u32, profile: Profile) -> Role {
    Role {
        title,
        department,
        level: Level::Lead,
        kind: Kind::Employee,
        weight,
        profile,
    }
}

const fn head(title: &'static str, department: D) -> Role {
    Role {
        title,
        department,
        level: Level::Head,
        kind: Kind::Employee,
        weight: 3,
        profile: EXECUTIVE,
    }
}

const fn outside(title: &'static str, department: D, kind: Kind, weight: u32, profile: Profile) -> Role {
    Role {
        title,
        department,
        level: Level::Staff,
        kind,
        weight,
        profile,
    }
}

/// Every role.
pub(crate) static ROLES: [Role; 50] = [
    row(
        "Account Manager",
        D::Sales,
        80,
        OFFICE
            .erp(&[
                (Work::CustomerView, 5.0),
                (Work::OrderCreate, 0.8),
                (Work::CustomerExport, 0.02),
            ])
            .mail(3.0, 3.0)
            .web(9.0),
    ),
    row(
        "Sales Representative",
        D::Sales,
        55,
        OFFICE
            .erp(&[(Work::CustomerView, 4.0), (Work::OrderCreate, 1.2)])
            .mail(2.5, 2.8)
            .web(8.0),
    ),
    row(
        "Sales Analyst",
        D::Sales,
        15,
        OFFICE
            .erp(&[
                (Work::CustomerSearch, 2.0),
                (Work::CustomerExport, 0.25),
                (Work::OrderView, 4.0),
            ])
            .files(6.0, 3.0),
    ),
    head("Head of Sales", D::Sales),
    row(
        "Accounts Payable Clerk",
        D::Finance,
        32,
        CLERK.erp(&[
            (Work::InvoiceCreate, 7.0),
            (Work::InvoiceApprove, 3.0),
            (Work::VendorView, 3.0),
            (Work::VendorUpdate, 0.15),
            (Work::VendorBank, 0.03),
        ]),
    ),
    row(
        "Accountant",
        D::Finance,
        30,
        CLERK
            .erp(&[(Work::LedgerPost, 5.0), (Work::InvoiceView, 4.0)])
            .files(6.0, 4.0),
    ),
    row(
        "Controller",
        D::Finance,
        12,
        OFFICE
            .erp(&[(Work::InvoiceApprove, 3.0), (Work::LedgerView, 5.0)])
            .files(7.0, 3.0),
    ),
    row(
        "Treasury Analyst",
        D::Finance,
        8,
        OFFICE.erp(&[(Work::LedgerView, 4.0), (Work::VendorView, 1.0)]),
    ),
    head("Head of Finance", D::Finance),
    row(
        "HR Partner",
        D::Hr,
        18,
        CLERK.erp(&[(Work::EmployeeView, 4.0), (Work::EmployeeUpdate, 0.6)]),
    ),
    row(
        "Recruiter",
        D::Hr,
        10,
        CLERK.erp(&[(Work::EmployeeView, 0.7)]).mail(2.5, 3.5).web(12.0),
    ),
    row(
        "Payroll Officer",
        D::Hr,
        12,
        CLERK.erp(&[
            (Work::PayrollView, 6.0),
            (Work::PayrollChange, 1.2),
            (Work::EmployeeView, 1.5),
        ]),
    ),
    head("Head of HR", D::Hr),
    row("Software Engineer", D::Engineering, 110, MAKER),
    row("Test Engineer", D::Engineering, 30, MAKER.git(0.8)),
    row(
        "Product Designer",
        D::Engineering,
        18,
        OFFICE.files(4.0, 3.0).web(11.0),
    ),
    row(
        "Data Scientist",
        D::Engineering,
        14,
        MAKER.erp(&[(Work::CustomerSearch, 0.5), (Work::OrderView, 1.0)]),
    ),
    lead("Engineering Manager", D::Engineering, 14, OFFICE.git(0.5)),
    head("Head of Engineering", D::Engineering),
    row("System Administrator", D::It, 24, SYSTEMS),
    row("Network Administrator", D::It, 10, SYSTEMS.duty(Duty::Network)),
    row("Help Desk Technician", D::It, 24, HELP_DESK),
    row("Database Administrator", D::It, 8, SYSTEMS.duty(Duty::Databases)),
    head("Head of IT Operations", D::It),
    row(
        "Legal Counsel",
        D::Legal,
        12,
        OFFICE.erp(&[(Work::ContractView, 3.0)]).mail(2.5, 2.5),
    ),
    row("Paralegal", D::Legal, 8, OFFICE.erp(&[(Work::ContractView, 4.0)])),
    row(
        "Compliance Officer",
        D::Legal,
        6,
        OFFICE.erp(&[(Work::ContractView, 1.0), (Work::LedgerView, 0.5)]),
    ),
    row(
        "Internal Auditor",
        D::Legal,
        8,
        OFFICE.erp(&[
            (Work::LedgerView, 3.0),
            (Work::InvoiceView, 2.0),
            (Work::ContractView, 1.0),
        ]),
    ),
    head("Head of Legal", D::Legal),
    row("Service Agent", D::Service, 100, SERVICE),
    lead(
        "Service Team Lead",
        D::Service,
        12,
        SERVICE.erp(&[
            (Work::CustomerView, 5.0),
            (Work::CaseOpen, 1.5),
            (Work::CustomerSearch, 1.0),
            (Work::CreditApprove, 2.5),
        ]),
    ),
    row("Field Engineer", D::Service, 24, FIELD),
    head("Head of Customer Service", D::Service),
    row(
        "Dispatcher",
        D::Logistics,
        30,
        CLERK.erp(&[(Work::ShipmentUpdate, 7.0), (Work::OrderView, 5.0)]),
    ),
    row("Warehouse Operative", D::Logistics, 60, TERMINAL),
    row(
        "Logistics Planner",
        D::Logistics,
        16,
        OFFICE.erp(&[(Work::OrderView, 4.0), (Work::StockView, 4.0)]),
    ),
    head("Head of Logistics", D::Logistics),
    row("Buyer", D::Procurement, 24, BUYING),
    lead(
        "Vendor Manager",
        D::Procurement,
        10,
        BUYING.erp(&[
            (Work::VendorView, 4.0),
            (Work::VendorUpdate, 0.8),
            (Work::VendorBank, 0.12),
            (Work::ContractView, 1.0),
        ]),
    ),
    head("Head of Procurement", D::Procurement),
    row(
        "Campaign Manager",
        D::Marketing,
        22,
        OFFICE.web(14.0).mail(2.5, 3.0).upload(0.08),
    ),
    row(
        "Graphic Designer",
        D::Marketing,
        12,
        OFFICE.files(5.0, 5.0).web(12.0).upload(0.10).usb(0.05),
    ),
    row("Photographer", D::Marketing, 4, FIELD.erp(&[]).web(6.0)),
    head("Head of Marketing", D::Marketing),
    lead("Director", D::Executive, 8, EXECUTIVE),
    row("Executive Assistant", D::Executive, 8, OFFICE.mail(4.0, 3.0)),
    row("Security Guard", D::Facilities, 24, GUARD),
    row(
        "Facility Technician",
        D::Facilities,
        14,
        TERMINAL.erp(&[(Work::OrderCreate, 0.3)]),
    ),
    outside(
        "Contract Engineer",
        D::Engineering,
        Kind::Contractor,
        40,
        MAKER.mail(1.5, 0.8),
    ),
    outside(
        "Agency Partner",
        D::Marketing,
        Kind::Partner,
        14,
        OFFICE.files(2.0, 1.0).mail(1.0, 1.5).remote(0.8),
    ),
];
