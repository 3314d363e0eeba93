//! Habits: mean acts per full day, and how the day is arranged.

/// Department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Department {
    Sales,
    Finance,
    Hr,
    Engineering,
    It,
    Legal,
    Service,
    Logistics,
    Procurement,
    Marketing,
    Executive,
    Facilities,
}

impl Department {
    /// Name in the people files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sales => "Sales",
            Self::Finance => "Finance",
            Self::Hr => "Human Resources",
            Self::Engineering => "Engineering",
            Self::It => "IT Operations",
            Self::Legal => "Legal",
            Self::Service => "Customer Service",
            Self::Logistics => "Logistics",
            Self::Procurement => "Procurement",
            Self::Marketing => "Marketing",
            Self::Executive => "Executive Office",
            Self::Facilities => "Facilities and Security",
        }
    }

    /// Name of its file share.
    pub(crate) const fn share(self) -> &'static str {
        match self {
            Self::Hr => "HR",
            Self::It => "IT",
            Self::Service => "Service",
            Self::Executive => "Executive",
            Self::Facilities => "Facilities",
            other => other.name(),
        }
    }

    /// Label of its documents when they say nothing else.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Hr | Self::Finance | Self::Legal | Self::Executive => "Confidential",
            _ => "Internal",
        }
    }
}

/// What people do in the ERP application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    CustomerView,
    CustomerSearch,
    CustomerExport,
    CaseOpen,
    CreditCreate,
    CreditApprove,
    OrderCreate,
    OrderView,
    InvoiceCreate,
    InvoiceApprove,
    InvoiceView,
    VendorView,
    VendorUpdate,
    VendorBank,
    LedgerPost,
    LedgerView,
    EmployeeView,
    EmployeeUpdate,
    PayrollView,
    PayrollChange,
    ContractView,
    ShipmentUpdate,
    StockView,
}

/// How the working week is arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hours {
    /// Office hours, Monday to Friday.
    Office,
    /// Early and late shifts, Monday to Saturday.
    TwoShift,
    /// Round the clock, seven days.
    ThreeShift,
}

/// Administrative work on top of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    None,
    /// Servers, backups, rights.
    Systems,
    /// Switches, firewall, proxy.
    Network,
    /// Databases.
    Databases,
    /// Other people's accounts and machines.
    HelpDesk,
}

/// Mean acts per full day and other habits of a role.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    /// Arrangement of the week.
    pub(crate) hours: Hours,
    /// Share of days worked from home.
    pub(crate) remote: f64,
    /// Web visits.
    pub(crate) web: f64,
    /// Mails sent inside.
    pub(crate) mail_in: f64,
    /// Mails sent outside (about as many come in).
    pub(crate) mail_out: f64,
    /// Files read on shares.
    pub(crate) read: f64,
    /// Files written on shares.
    pub(crate) write: f64,
    /// Cloud documents and mailbox acts.
    pub(crate) saas: f64,
    /// Programmes started (only some are logged).
    pub(crate) run: f64,
    /// Repository acts.
    pub(crate) git: f64,
    /// Chance of using a USB stick on a day.
    pub(crate) usb: f64,
    /// Chance of an upload to a transfer or assistant site on a day.
    pub(crate) upload: f64,
    /// Acts in the ERP application.
    pub(crate) erp: &'static [(Work, f64)],
    /// Administrative work.
    pub(crate) duty: Duty,
}

impl Profile {
    pub(crate) const fn erp(mut self, erp: &'static [(Work, f64)]) -> Self {
        self.erp = erp;
        self
    }

    pub(crate) const fn mail(mut self, inside: f64, outside: f64) -> Self {
        self.mail_in = inside;
        self.mail_out = outside;
        self
    }

    pub(crate) const fn web(mut self, visits: f64) -> Self {
        self.web = visits;
        self
    }

    pub(crate) const fn files(mut self, read: f64, write: f64) -> Self {
        self.read = read;
        self.write = write;
        self
    }

    pub(crate) const fn git(mut self, acts: f64) -> Self {
        self.git = acts;
        self
    }

    pub(crate) const fn usb(mut self, chance: f64) -> Self {
        self.usb = chance;
        self
    }

    pub(crate) const fn upload(mut self, chance: f64) -> Self {
        self.upload = chance;
        self
    }

    pub(crate) const fn remote(mut self, share: f64) -> Self {
        self.remote = share;
        self
    }

    pub(crate) const fn duty(mut self, duty: Duty) -> Self {
        self.duty = duty;
        self
    }
}

/// Somebody at a desk.
pub(crate) const OFFICE: Profile = Profile {
    hours: Hours::Office,
    remote: 0.3,
    web: 7.0,
    mail_in: 2.5,
    mail_out: 1.0,
    read: 3.5,
    write: 1.5,
    saas: 3.0,
    run: 2.5,
    git: 0.0,
    usb: 0.003,
    upload: 0.01,
    erp: &[],
    duty: Duty::None,
};

/// Most of the day in the ERP application.
pub(crate) const CLERK: Profile = OFFICE.web(5.0).mail(2.0, 1.0).files(3.0, 1.5).remote(0.2);

/// Writes software.
pub(crate) const MAKER: Profile = OFFICE
    .web(10.0)
    .mail(1.5, 0.3)
    .files(2.0, 1.0)
    .git(2.5)
    .remote(0.4)
    .usb(0.008);

/// Runs servers.
pub(crate) const SYSTEMS: Profile = OFFICE
    .web(8.0)
    .mail(1.5, 0.4)
    .git(0.5)
    .usb(0.02)
    .duty(Duty::Systems)
    .remote(0.2);

/// Helps others with their machines.
pub(crate) const HELP_DESK: Profile = OFFICE
    .web(6.0)
    .mail(2.5, 0.3)
    .usb(0.03)
    .duty(Duty::HelpDesk)
    .remote(0.1);

/// Talks to customers all day.
pub(crate) const SERVICE: Profile = CLERK
    .erp(&[
        (Work::CustomerView, 9.0),
        (Work::CaseOpen, 2.5),
        (Work::OrderView, 2.0),
        (Work::CreditCreate, 0.3),
    ])
    .mail(1.5, 1.2)
    .files(1.5, 0.5)
    .usb(0.001);

/// Buys.
pub(crate) const BUYING: Profile = CLERK
    .erp(&[
        (Work::VendorView, 3.0),
        (Work::OrderCreate, 3.0),
        (Work::VendorUpdate, 0.25),
        (Work::VendorBank, 0.02),
    ])
    .mail(2.0, 2.5);

/// On the road with a laptop and sticks.
pub(crate) const FIELD: Profile = OFFICE
    .erp(&[(Work::CustomerView, 1.5), (Work::CaseOpen, 0.7)])
    .web(4.0)
    .files(3.0, 2.0)
    .usb(0.45)
    .remote(0.45);

/// Decides, reads, travels.
pub(crate) const EXECUTIVE: Profile = OFFICE
    .mail(4.0, 2.0)
    .web(6.0)
    .files(2.5, 0.7)
    .erp(&[(Work::LedgerView, 0.5)])
    .remote(0.3);

/// Shares a terminal, works in shifts.
pub(crate) const TERMINAL: Profile = Profile {
    hours: Hours::TwoShift,
    remote: 0.0,
    web: 1.5,
    mail_in: 0.4,
    mail_out: 0.0,
    read: 0.5,
    write: 0.1,
    saas: 0.5,
    run: 0.3,
    git: 0.0,
    usb: 0.0,
    upload: 0.0,
    erp: &[(Work::StockView, 4.0), (Work::ShipmentUpdate, 4.0)],
    duty: Duty::None,
};

/// Walks rounds; the badge reader sees more of them than the computer.
pub(crate) const GUARD: Profile = Profile {
    hours: Hours::ThreeShift,
    web: 2.0,
    erp: &[],
    ..TERMINAL
};
