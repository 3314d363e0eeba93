//! The mappings that Tandem ships, embedded at compile time.

/// Embeds files of `content/mappings` by name.
macro_rules! embed {
    ($($name:literal,)*) => {
        /// Name and text of every shipped file.
        pub(super) const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../content/mappings/", $name))),)*];
    };
}

embed! {
    "badge.yaml",
    "business-app.yaml",
    "cef.yaml",
    "cert.yaml",
    "cloudtrail.yaml",
    "entra.yaml",
    "gcp-audit.yaml",
    "generic.yaml",
    "github.yaml",
    "google-workspace.yaml",
    "kubernetes.yaml",
    "linux-syslog.yaml",
    "linux.yaml",
    "m365.yaml",
    "mail.yaml",
    "okta.yaml",
    "proxy.yaml",
    "saas.yaml",
    "suricata.yaml",
    "vpn.yaml",
    "windows.yaml",
    "zeek.yaml",
}
