//! Windows event XML.

use crate::desk::{has, options, plain, read};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n";

fn event(number: u32, data: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Security-Auditing' Guid='{{54849625-5478-4994-A5BA-3E3B0328C30D}}'/>\
         <EventID>4624</EventID><Version>2</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode>\
         <Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='2026-03-02T08:00:00.{number:07}Z'/>\
         <EventRecordID>{number}</EventRecordID><Correlation/><Execution ProcessID='616' ThreadID='700'/>\
         <Channel>Security</Channel><Computer>ws7.corp.example</Computer><Security/></System>\
         <EventData><Data Name='TargetUserName'>jdoe</Data><Data Name='TargetDomainName'>CORP</Data>\
         <Data Name='LogonType'>2</Data><Data Name='IpAddress'/>{data}</EventData></Event>"
    )
}

#[test]
fn an_event_has_the_names_and_types_of_its_json_shape() {
    let outcome = plain(&event(
        1,
        "<Data Name='Odd &amp; &#x41;'>a &lt; b &unknown;</Data>",
    ));
    let [seen] = outcome.events.as_slice() else {
        panic!("{outcome:?}")
    };
    for part in [
        "authentication 1",
        "EventID=Int(4624)",
        "EventRecordID=Int(1)",
        "Provider_Name=Microsoft-Windows-Security-Auditing",
        "TimeCreated=2026-03-02T08:00:00.0000001Z",
        "Execution_ProcessID=Int(616)",
        "Channel=Security",
        "Correlation=Null",
        "LogonType=2",
        "IpAddress=",
        "Odd&A=a < b &unknown;",
        "@actor_user=CORP\\jdoe",
    ] {
        assert!(has(seen, part), "{part} in {seen}");
    }
    assert_eq!(outcome.source, "windows");
}

#[test]
fn events_may_stand_on_one_line_each_or_inside_a_list_or_be_pretty_printed() {
    let (one, two) = (event(1, ""), event(2, "<Data>bare</Data>"));
    let pretty = two.replace("><", ">\r\n  <");
    for text in [
        format!("{one}\n{two}\n"),
        format!("{one}{two}"),
        format!("{HEAD}<Events>{one}{two}</Events>"),
        format!("{HEAD}<!-- <Event> --><Events>\r\n{one}\r\n{two}\r\n</Events>\r\n"),
    ] {
        let outcome = plain(&text);
        assert_eq!((outcome.events.len(), outcome.reasons()), (2, vec![]), "{text}");
        assert!(has(&outcome.events[1], "Data=bare"));
    }
    let outcome = plain(&pretty);
    assert_eq!((outcome.events.len(), outcome.reasons()), (1, vec![]));
    assert!(has(&outcome.events[0], "EventID=Int(4624)"));
}

#[test]
fn user_data_and_rendered_texts_are_read() {
    let text = event(3, "").replace(
        "</Event>",
        "<UserData><LogFileCleared xmlns='x'><SubjectUserName>ann</SubjectUserName></LogFileCleared></UserData>\
         <RenderingInfo Culture='en-US'><Message>An account was\r\nlogged on</Message><Level>Information</Level></RenderingInfo></Event>",
    );
    let outcome = plain(&text);
    assert!(has(&outcome.events[0], "SubjectUserName=ann"));
    assert!(
        has(&outcome.events[0], "Message=An account was\nlogged on"),
        "{:?}",
        outcome.events
    );
}

#[test]
fn utf_16_of_both_orders_gives_the_same_and_places_in_its_own_bytes() {
    let text = format!(
        "{HEAD}<Events>{}<oops/>{}</Events>",
        event(1, "<Data Name='Ä'>€𝄞</Data>"),
        event(2, "")
    );
    let narrow = plain(&text);
    assert_eq!((narrow.events.len(), narrow.rejects.len()), (2, 1));
    for (mark, bytes_of) in [
        ([0xff_u8, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ([0xfe, 0xff], u16::to_be_bytes),
    ] {
        let wide: Vec<u8> = mark
            .into_iter()
            .chain(text.encode_utf16().flat_map(bytes_of))
            .collect();
        let outcome = read(&wide, &options());
        assert_eq!(outcome.ids, narrow.ids);
        let place = outcome.rejects[0].offset as usize;
        let expected: Vec<u8> = "<oops/>".encode_utf16().flat_map(bytes_of).collect();
        assert_eq!(wide.get(place..place + expected.len()), Some(expected.as_slice()));
        assert_eq!(outcome.rejects[0].raw, b"<oops/>");
    }
}

#[test]
fn a_broken_event_is_rejected_with_its_place_and_the_rest_goes_on() {
    let (one, two) = (event(1, ""), event(2, ""));
    let cut = &one[..one.len() / 2];
    let mismatched = one.replace("</Level>", "</Lvl>");
    let outside = "stray text ";
    let text = format!("<Events>{one}{cut}{two}{mismatched}{outside}{two}{cut}</Events>");
    let outcome = plain(&text);
    assert_eq!(outcome.events.len(), 3);
    let places: Vec<&str> = outcome
        .rejects
        .iter()
        .map(|reject| &text[reject.offset as usize..][..reject.bytes as usize])
        .collect();
    assert_eq!(places, [cut, mismatched.as_str(), outside, cut]);
    let reasons = outcome.reasons();
    assert_eq!(
        reasons[0].1,
        "the event is not closed by `</Event>` before the next one begins or the list ends"
    );
    assert!(
        reasons[1].1.starts_with("not well-formed XML at byte "),
        "{reasons:?}"
    );
    assert_eq!(reasons[2].1, "expected `<Event`");
}

#[test]
fn text_that_looks_like_a_tag_inside_cdata_ends_nothing() {
    let sound = event(1, "<Data Name='Script'><![CDATA[x </Event> <Data> y]]></Data>");
    let open = event(2, "<Data Name='Script'><![CDATA[x</Data>");
    let outcome = plain(&format!("{sound}\n{open}\n{}\n", event(3, "")));
    assert_eq!(outcome.events.len(), 2, "{:?}", outcome.reasons());
    assert!(has(&outcome.events[0], "Script=x </Event> <Data> y"));
    assert_eq!(outcome.rejects.len(), 1);
    assert_eq!(outcome.rejects[0].offset, sound.len() as u64 + 1);
}

#[test]
fn other_xml_is_rejected_not_dropped() {
    let text = "<?xml version=\"1.0\"?>\n<log><entry a=\"1\"/></log>\n";
    let outcome = plain(text);
    assert_eq!(outcome.reasons(), [(22, "expected `<Event`")]);
}
