//! Words for people, customers, projects, files and sites. All invented, or too common to mean anyone.

/// Given names.
pub(crate) const GIVEN: [&str; 80] = [
    "Ada", "Aidan", "Alma", "Amara", "Andre", "Anja", "Arjun", "Astrid", "Bela", "Bodil", "Bruno", "Carla",
    "Cedric", "Chidi", "Clara", "Dagny", "Daria", "Dilan", "Edda", "Elias", "Emre", "Enid", "Esther",
    "Farah", "Felix", "Fiona", "Gerd", "Gita", "Greta", "Hanna", "Hugo", "Ida", "Imre", "Ines", "Ivo",
    "Jana", "Jonas", "Jun", "Kaja", "Karim", "Kira", "Lars", "Leila", "Lena", "Liam", "Luca", "Mara",
    "Marek", "Mei", "Milan", "Mina", "Nadia", "Nils", "Noor", "Olga", "Omar", "Paula", "Pavel", "Petra",
    "Quinn", "Rafael", "Rosa", "Ruben", "Runa", "Samir", "Selma", "Sofie", "Stefan", "Tamar", "Tarek",
    "Thea", "Tilda", "Udo", "Vera", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe", "Zora",
];

/// Surnames.
pub(crate) const SURNAMES: [&str; 120] = [
    "Abel", "Acker", "Adeyemi", "Ahlers", "Akhtar", "Alder", "Anker", "Arnold", "Asher", "Barlow", "Becker",
    "Bhatt", "Birch", "Blom", "Brandt", "Brook", "Burke", "Caspari", "Chen", "Clay", "Cole", "Costa",
    "Crane", "Dahl", "Dale", "Danso", "Demir", "Dietz", "Dorn", "Drake", "Eck", "Ekdal", "Ellis", "Engel",
    "Fall", "Farr", "Feld", "Fink", "Frost", "Garcia", "Geiger", "Glenn", "Graf", "Grove", "Gupta", "Haas",
    "Hale", "Hansen", "Hartog", "Heath", "Holm", "Horn", "Ibsen", "Iqbal", "Jahn", "Janssen", "Joshi",
    "Kade", "Kaya", "Keller", "Kim", "Klein", "Koch", "Kowal", "Kruse", "Lane", "Lang", "Larsen", "Lehn",
    "Lind", "Lopez", "Lund", "Maas", "Marsh", "Mensah", "Mertens", "Meyer", "Moor", "Moss", "Nash", "Neff",
    "Nguyen", "Nolan", "Novak", "Okafor", "Olsen", "Otto", "Park", "Patel", "Penn", "Petit", "Pohl", "Prior",
    "Quist", "Rao", "Reed", "Rehn", "Rios", "Roth", "Rowe", "Sander", "Sato", "Schatz", "Senn", "Shaw",
    "Silva", "Singh", "Stahl", "Stone", "Tanaka", "Thorn", "Toller", "Ueda", "Vogt", "Wahl", "Weir", "Wirth",
    "Wolff", "Yilmaz", "Zander",
];

/// First halves of company names, project names and long-tail sites.
pub(crate) const WORDS: [&str; 64] = [
    "amber", "anchor", "arbor", "aspen", "basalt", "beacon", "birch", "bramble", "cedar", "cobalt", "copper",
    "coral", "crescent", "delta", "dune", "ember", "falcon", "fern", "flint", "garnet", "glacier", "granite",
    "harbour", "hazel", "heron", "indigo", "ivory", "jasper", "juniper", "kestrel", "lagoon", "larch",
    "linden", "lotus", "maple", "marble", "meadow", "mistral", "nimbus", "north", "oak", "onyx", "opal",
    "orchid", "osprey", "pebble", "pine", "quartz", "raven", "ridge", "river", "saffron", "sable", "slate",
    "sparrow", "summit", "thistle", "topaz", "umber", "velvet", "willow", "wren", "yarrow", "zephyr",
];

/// Trades of customers and vendors.
pub(crate) const TRADES: [&str; 16] = [
    "Foods",
    "Logistics",
    "Interiors",
    "Optics",
    "Pharma",
    "Energy",
    "Marine",
    "Textiles",
    "Tools",
    "Media",
    "Robotics",
    "Clinics",
    "Timber",
    "Plastics",
    "Travel",
    "Insurance",
];

/// Kinds of documents.
pub(crate) const PAPERS: [&str; 20] = [
    "agenda",
    "budget",
    "checklist",
    "concept",
    "cost-sheet",
    "draft",
    "forecast",
    "handbook",
    "minutes",
    "offer",
    "overview",
    "plan",
    "pricing",
    "proposal",
    "report",
    "review",
    "schedule",
    "slides",
    "status",
    "summary",
];

/// Endings of documents, common ones more often.
pub(crate) const ENDINGS: [&str; 10] = [
    "docx", "xlsx", "xlsx", "pdf", "pdf", "pptx", "docx", "csv", "txt", "vsdx",
];

/// Subjects of mails.
pub(crate) const SUBJECTS: [&str; 24] = [
    "Meeting on Thursday",
    "Re: offer",
    "Question about the order",
    "Minutes",
    "Status",
    "Re: schedule",
    "Delivery date",
    "Invoice attached",
    "Short call?",
    "Re: draft",
    "Updated plan",
    "Next steps",
    "Holiday cover",
    "Feedback",
    "Room booking",
    "Re: complaint",
    "Price request",
    "Travel",
    "Reminder",
    "Re: contract",
    "Test results",
    "Shift change",
    "Agenda",
    "Thank you",
];

/// Sites that everybody visits.
pub(crate) const COMMON_HOSTS: [&str; 28] = [
    "www.office.com",
    "login.microsoftonline.com",
    "teams.microsoft.com",
    "outlook.office365.com",
    "www.google.com",
    "www.bing.com",
    "en.wikipedia.org",
    "www.linkedin.com",
    "www.youtube.com",
    "news.daily-herald.example",
    "www.weather-now.example",
    "www.townbank.example",
    "maps.google.com",
    "translate.google.com",
    "www.deepl.com",
    "www.railplanner.example",
    "www.citylunch.example",
    "shop.officebits.example",
    "www.sportpage.example",
    "fonts.gstatic.com",
    "update.vendorcdn.example",
    "www.microsoft.com",
    "cdn.jsdelivr.net",
    "www.parcel-track.example",
    "intranet.travelbook.example",
    "www.recipes-home.example",
    "radio.evening.example",
    "www.language-corner.example",
];

/// Sites for people who write software or run systems.
pub(crate) const TECH_HOSTS: [&str; 12] = [
    "github.com",
    "stackoverflow.com",
    "docs.rs",
    "crates.io",
    "pypi.org",
    "registry.npmjs.org",
    "hub.docker.com",
    "learn.microsoft.com",
    "www.kernel.org",
    "packages.debian.org",
    "grafana.com",
    "developer.mozilla.org",
];

/// Assistants on the web; most people only ask them questions.
pub(crate) const AI_HOSTS: [&str; 3] = ["chatgpt.com", "claude.ai", "gemini.google.com"];

/// Web mail that is not the company's.
pub(crate) const WEBMAIL_HOSTS: [&str; 4] = [
    "mail.google.com",
    "outlook.live.com",
    "mail.yahoo.com",
    "mail.proton.me",
];

/// Personal cloud storage and transfer sites.
pub(crate) const CLOUD_HOSTS: [&str; 5] = [
    "www.dropbox.com",
    "drive.google.com",
    "wetransfer.com",
    "mega.nz",
    "www.icloud.com",
];

/// Places to look for a job.
pub(crate) const JOB_HOSTS: [&str; 3] = ["www.indeed.com", "www.glassdoor.com", "www.stepstone.de"];

/// Domains of private mail addresses.
pub(crate) const FREE_MAIL: [&str; 5] = ["gmail.com", "gmx.net", "outlook.com", "yahoo.com", "proton.me"];

/// `amber` → `Amber`.
pub(crate) fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
