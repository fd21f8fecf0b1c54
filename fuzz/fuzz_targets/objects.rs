//! Any file can be taken apart, each of its objects inspected, each certificate judged and renewed, without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use time::macros::datetime;
use xmppcert::check::{Consumer, FileForm, Question, Report};
use xmppcert::inspection::Inspection;
use xmppcert::objects::Objects;
use xmppcert::private_key_info::PrivateKeyInfo;
use xmppcert::renewal::successor;

fuzz_target!(|file: &[u8]| {
    let now = datetime!(2026-11-24 12:00 UTC);
    for object in Objects::new(file).flatten() {
        let _key = PrivateKeyInfo::decode(&object.der);
        let Ok(Inspection::Certificate(certificate)) = Inspection::of(&object, now) else {
            continue;
        };
        let question = Question {
            source: "client.crt",
            now,
            form: FileForm::default(),
            jid: None,
            key: None,
            valid_at: Some(now),
            consumers: &Consumer::ALL,
        };
        let report = Report::on(&certificate, &question);
        assert!(
            report
                .findings
                .iter()
                .all(|finding| !finding.hint.is_empty())
        );
        let _successor = successor(&certificate, now);
    }
});
