use super::*;

#[test]
fn a_page_is_read_with_keys_as_they_are() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>logs</Name><Prefix/><KeyCount>2</KeyCount>
<MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>tok</NextContinuationToken>
<Contents><Key>a+b%2F%C3%A4%2Bc</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;e1&quot;</ETag><Size>7</Size>
<StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>"#;
    let page = page(text).unwrap();
    assert_eq!(page.token.as_deref(), Some("tok"));
    let object = Listed {
        key: "a b/ä+c".into(),
        tag: "e1".into(),
        size: 7,
    };
    assert_eq!(page.objects, [object]);
}

#[test]
fn what_is_no_listing_is_said_to_be_none() {
    for text in ["", "<html><body>Sign in</body></html>", "{}", "<ListBucketResult"] {
        let Err(Failed::All(what)) = page(text) else {
            panic!("{text}")
        };
        assert!(what.contains("S3 service"), "{what}");
    }
}

#[test]
fn an_error_names_its_code_and_what_to_do() {
    let text = "<Error><Code>AccessDenied</Code><Message>No ä</Message></Error>";
    assert_eq!(
        (element(text, "Code"), element(text, "Message")),
        ("AccessDenied", "No ä")
    );
    for odd in ["", "<Code>", "</Code><Code>", "<Code></Code>"] {
        assert_eq!(element(odd, "Code"), "");
    }
    let long = format!("<Message>{}</Message>", "ä".repeat(200));
    assert_eq!(element(&long, "Message").len(), 200);
    let Failed::All(what) = refused("the listing", StatusCode::FORBIDDEN, "AccessDenied", "No") else {
        panic!("the whole source is refused")
    };
    assert!(what.contains("403") && what.contains("s3:GetObject"), "{what}");
    for (code, status) in [
        ("NoSuchKey", StatusCode::NOT_FOUND),
        ("InvalidObjectState", StatusCode::FORBIDDEN),
        ("", StatusCode::PRECONDITION_FAILED),
    ] {
        assert!(
            matches!(refused("k", status, code, ""), Failed::Object(_)),
            "{code}"
        );
    }
}
