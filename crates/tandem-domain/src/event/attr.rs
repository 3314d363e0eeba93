//! The core view's attributes.

macro_rules! attrs {
    ($(#[$enum_doc:meta])* $enum:ident, $count:ident; $($(#[$doc:meta])* $name:ident => $text:literal;)*) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $enum {
            $($(#[$doc])* $name,)*
        }

        impl $enum {
            /// Every attribute, in column order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name in mappings, in the lake's columns and in the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The attribute with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }

            /// Position in `ALL`.
            pub const fn index(self) -> usize {
                self as usize
            }
        }
    };
}

attrs! {
    /// A text attribute of the core view; the comment gives OCSF's path.
    Attr, ATTR_COUNT;
    /// `actor.user.name` as the source wrote it (`CORP\jdoe`, `jdoe@corp.example`).
    ActorUser => "actor_user";
    /// `actor.user.uid`: SID, ARN, object id.
    ActorUid => "actor_uid";
    /// `user.name`: the account acted upon.
    TargetUser => "target_user";
    /// `group.name` or role or privilege granted.
    Group => "group_name";
    /// `device.hostname`: where it happened.
    Device => "device";
    /// `src_endpoint.ip`.
    SrcIp => "src_ip";
    /// `src_endpoint.hostname`.
    SrcHost => "src_host";
    /// `dst_endpoint.ip`.
    DstIp => "dst_ip";
    /// `dst_endpoint.hostname`.
    DstHost => "dst_host";
    /// `process.file.path`.
    Process => "process";
    /// `process.cmd_line`.
    CommandLine => "command_line";
    /// `process.parent_process.file.path`.
    ParentProcess => "parent_process";
    /// `file.path`.
    FilePath => "file_path";
    /// `file.name`.
    FileName => "file_name";
    /// `file.hashes`: the strongest one given.
    FileHash => "file_hash";
    /// `file_result.path`: the new path of a copy or rename.
    FileResult => "file_result";
    /// `http_request.url.url_string`.
    Url => "url";
    /// `http_request.url.hostname`.
    UrlHost => "url_host";
    /// `http_request.http_method`.
    HttpMethod => "http_method";
    /// `http_request.user_agent`.
    UserAgent => "user_agent";
    /// `email.from`.
    EmailFrom => "email_from";
    /// `email.to`, `cc` and `bcc`, joined with `;`.
    EmailTo => "email_to";
    /// `email.subject`.
    EmailSubject => "email_subject";
    /// `resources[].name`: share, table, mailbox, repository, bucket, record, door.
    Resource => "resource";
    /// `api.operation` or the source's own name of the act.
    Operation => "operation";
    /// `api.service.name` or the application.
    Service => "service";
    /// `peripheral_device.name` or serial number.
    Peripheral => "peripheral";
    /// `src_endpoint.location.country` or site.
    Location => "location";
    /// `file.data_classification` or label.
    DataLabel => "data_label";
    /// `status_detail`: why it failed.
    StatusDetail => "status_detail";
    /// `message`.
    Message => "message";
}

attrs! {
    /// A whole-number attribute of the core view.
    NumAttr, NUM_ATTR_COUNT;
    /// `traffic.bytes_in`: towards the actor.
    BytesIn => "bytes_in";
    /// `traffic.bytes_out`: away from the actor.
    BytesOut => "bytes_out";
    /// `file.size`, bytes.
    FileSize => "file_size";
    /// `dst_endpoint.port`.
    DstPort => "dst_port";
    /// `http_response.code`.
    HttpStatus => "http_status";
    /// Things touched at once: attachments, rows, pages.
    Items => "items";
}
