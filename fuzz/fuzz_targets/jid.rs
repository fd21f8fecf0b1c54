//! Whatever parses as a JID is in the one form that servers compare: it parses again to itself, and its parts make it up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xmppcert::jid::Jid;

fuzz_target!(|typed: &str| {
    let jid = match Jid::parse(typed) {
        Ok(jid) => jid,
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
            return;
        }
    };
    assert_eq!(Jid::parse(jid.as_str()).as_ref(), Ok(&jid));
    let bare = format!("{}@{}", jid.localpart(), jid.domainpart());
    assert_eq!(jid.to_bare().as_str(), bare);
    let whole = jid
        .resourcepart()
        .map_or(bare.clone(), |resource| format!("{bare}/{resource}"));
    assert_eq!(jid.as_str(), whole);
});
