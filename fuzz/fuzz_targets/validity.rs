//! Dates and periods never panic, and a period that can be stated in a certificate is written as it was read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use time::macros::datetime;
use xmppcert::validity::{Period, Validity, format_date, parse_date};

fuzz_target!(|text: &str| {
    let start = datetime!(2028-02-29 12:00 UTC);
    if let Ok(end) = text
        .parse::<Period>()
        .and_then(|period| period.after(start))
    {
        let validity = Validity::new(start, end);
        assert!(
            validity.is_ok_and(|validity| validity.renewed_at(start).is_ok() || end.year() > 8000)
        );
    }
    if let Ok(date) = parse_date(text)
        && let Ok(validity) = Validity::new(date, Validity::NEVER)
    {
        assert_eq!(parse_date(&format_date(date)), Ok(validity.not_before()));
    }
});
