use super::*;
use crate::notice::{Button, Notice, Verb};
use crate::secret::Secret;
use crate::testing::notice;
use proptest::prelude::*;
use serde_json::Value;

/// A notice as large as may be.
fn huge() -> Notice {
    let mut notice = notice();
    notice.title = "&".repeat(crate::notice::MAX_TITLE);
    notice.sentences = vec!["<".repeat(crate::notice::MAX_SENTENCE); crate::notice::MAX_SENTENCES];
    notice.subjects = vec![notice.subjects[0].clone(); crate::notice::MAX_SUBJECTS];
    notice.link = format!("https://tandem.example/{}", "x".repeat(1_900));
    let button = Button {
        verb: Verb::Approve,
        target: "t".repeat(crate::notice::MAX_ID),
    };
    notice.buttons = vec![button; crate::notice::MAX_BUTTONS];
    notice.checked().unwrap()
}

#[test]
fn slack_message_has_this_shape() {
    insta::assert_json_snapshot!(slack::message(&notice()));
}

#[test]
fn teams_webhook_has_this_shape() {
    insta::assert_json_snapshot!(teams::webhook(&notice()));
}

#[test]
fn teams_activity_has_this_shape() {
    insta::assert_json_snapshot!(teams::activity(&notice()));
}

#[test]
fn mattermost_post_has_this_shape() {
    let clicks = mattermost::Clicks {
        url: "https://tandem.example/connect/mattermost".to_owned(),
        secret: Secret::new("s"),
    };
    insta::assert_json_snapshot!(mattermost::post(&notice(), Some(&clicks)));
}

#[test]
fn mattermost_webhook_has_no_buttons() {
    let body = mattermost::webhook(&notice());
    assert!(body["attachments"][0]["actions"].is_null());
    assert!(body["text"].as_str().unwrap().contains("Case opened"));
}

#[test]
fn matrix_content_has_this_shape() {
    let content = matrix::content(&notice());
    insta::assert_json_snapshot!(matrix::in_thread(content, "$root"));
}

#[test]
fn mail_has_this_shape() {
    let letter = mail::letter(&notice());
    insta::assert_snapshot!(format!(
        "{}\n\n{}\n\n{}",
        letter.subject, letter.text, letter.html
    ));
}

#[test]
fn a_teams_message_keeps_its_size_by_leaving_out_whole_sentences() {
    let notice = huge();
    for body in [teams::webhook(&notice), teams::activity(&notice)] {
        assert!(
            body.to_string().len() <= teams::MAX_BYTES,
            "{}",
            body.to_string().len()
        );
        let card = &body["attachments"][0]["content"];
        let kept: Vec<&str> = card["body"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|block| block["inlines"][0]["text"].as_str())
            .collect();
        let whole = kept
            .iter()
            .filter(|text| text.len() == crate::notice::MAX_SENTENCE)
            .count();
        assert!(whole > 10, "most room is used");
        let left = notice.sentences.len() - whole;
        assert!(kept.contains(&format!("{left} more sentences in Tandem.").as_str()));
        assert!(
            card["actions"]
                .as_array()
                .unwrap()
                .iter()
                .any(|a| a["url"] == notice.link.as_str())
        );
    }
}

#[test]
fn a_slack_message_keeps_its_limits() {
    let body = slack::message(&huge());
    let blocks = body["blocks"].as_array().unwrap();
    assert!(blocks.len() <= slack::MAX_BLOCKS);
    for block in blocks {
        let length = block["text"]["text"].as_str().map_or(0, |t| t.chars().count());
        assert!(length <= slack::MAX_SECTION, "{length}");
    }
    assert_eq!(blocks.last().unwrap()["type"], "actions");
    assert!(body["text"].as_str().unwrap().chars().count() <= 3_000);
}

#[test]
fn a_matrix_event_keeps_below_its_limit() {
    assert!(matrix::content(&huge()).to_string().len() < 50_000);
}

#[test]
fn a_mattermost_post_keeps_below_its_limit() {
    let post = mattermost::post(&huge(), None);
    let text = post["props"]["attachments"][0]["text"].as_str().unwrap();
    assert!(text.chars().count() < mattermost::MAX_MESSAGE);
}

#[test]
fn a_text_with_markup_stays_text_everywhere() {
    let mut evil = notice();
    evil.title = "<!channel> [x](https://evil.example) @all <script>alert(1)</script>".to_owned();
    evil.sentences = vec![evil.title.clone()];
    let evil = evil.checked().unwrap();
    assert!(!slack::message(&evil)["blocks"].to_string().contains("<!channel>"));
    let post = mattermost::post(&evil, None);
    let text = post["props"]["attachments"][0]["text"].as_str().unwrap();
    assert!(!text.contains("](") && !text.contains("@all"));
    let content = matrix::content(&evil);
    assert!(!content["formatted_body"].as_str().unwrap().contains("<script"));
    assert!(!mail::letter(&evil).html.contains("<script"));
    // Teams' text runs know no markup; there must be no TextBlock, which does.
    assert!(!teams::webhook(&evil).to_string().contains("TextBlock\",\"text"));
}

#[test]
fn an_edit_names_what_it_takes_the_place_of() {
    let edit = matrix::in_place_of(matrix::content(&notice()), "$first");
    assert_eq!(edit["m.relates_to"]["rel_type"], "m.replace");
    assert_eq!(edit["m.new_content"]["body"], matrix::content(&notice())["body"]);
    assert!(edit["body"].as_str().unwrap().starts_with("* "));
}

#[test]
fn a_digest_holds_every_notice_in_order() {
    let mut second = notice();
    second.title = "Second".to_owned();
    let letter = mail::digest("Today in Tandem", &[notice(), second]);
    let first = letter.text.find("customer list").unwrap();
    assert!(letter.text.find("Second").unwrap() > first);
    assert!(letter.html.contains("Second"));
    let many = vec![notice(); mail::MAX_DIGEST + 3];
    assert!(mail::digest("x", &many).text.contains("3 more in Tandem."));
}

#[test]
fn the_fallback_of_a_card_holds_no_free_text() {
    let mut notice = notice();
    notice.title = "[x](y)".to_owned();
    let body = teams::webhook(&notice);
    let fallback = body["attachments"][0]["content"]["fallbackText"]
        .as_str()
        .unwrap();
    assert!(!fallback.contains("[x]"), "{fallback}");
}

proptest! {
    #[test]
    fn whatever_a_notice_says_messages_keep_their_bounds(
        title in ".{1,110}", sentences in proptest::collection::vec(".{0,300}", 0..60)
    ) {
        let mut any = notice();
        any.title = title;
        any.sentences = sentences;
        if let Ok(any) = any.checked() {
            prop_assert!(teams::webhook(&any).to_string().len() <= teams::MAX_BYTES);
            let slack: Value = slack::message(&any);
            for block in slack["blocks"].as_array().unwrap() {
                let length = block["text"]["text"].as_str().map_or(1, |t| t.chars().count());
                prop_assert!((1..=slack::MAX_SECTION).contains(&length));
            }
            prop_assert!(matrix::content(&any).to_string().len() < 60_000);
        }
    }
}
