//! Item names of successors.

use time::Date;

/// The name under which the successor of the item `old` is stored on `today`: the same, with its date replaced or one
/// added, and numbered where an item of that name is there already.
///
/// It is never `old` itself: a server that replaces items of the same name would drop the old certificate before the new
/// one has proved itself.
#[must_use]
pub fn item_name(old: &str, today: Date, taken: &[&str]) -> String {
    let base = match find_date(old) {
        Some((start, end)) => format!("{}{today}{}", &old[..start], &old[end..]),
        None if old.is_empty() => today.to_string(),
        None => format!("{old} {today}"),
    };
    let is_free = |name: &String| name != old && !taken.contains(&name.as_str());
    let numbered = (2..u32::MAX).map(|number| format!("{base}.{number}"));
    std::iter::once(base.clone())
        .chain(numbered)
        .find(is_free)
        .unwrap_or(base)
}

/// Where the last date like 2027-01-31 stands, with the number that an earlier rotation put behind it.
fn find_date(name: &str) -> Option<(usize, usize)> {
    let bytes = name.as_bytes();
    let is_date = |start: usize| {
        bytes.get(start..start + 10).is_some_and(|date| {
            date.iter().enumerate().all(|(index, byte)| match index {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            })
        })
    };
    let start = (0..bytes.len()).rev().find(|start| is_date(*start))?;
    let end = start + 10;
    let number = bytes.get(end..)?.strip_prefix(b".").unwrap_or_default();
    match number
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
    {
        0 => Some((start, end)),
        digits => Some((start, end + 1 + digits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_date_in_the_name_is_replaced_and_otherwise_added() {
        for (old, new) in [
            ("laptop", "laptop 2027-02-01"),
            ("", "2027-02-01"),
            ("laptop 2026-11-24", "laptop 2027-02-01"),
            ("2026-11-24", "2027-02-01"),
            (
                "bot (2026-11-24) of 2020-01-01x",
                "bot (2026-11-24) of 2027-02-01x",
            ),
            ("laptop 2026-11-24.3", "laptop 2027-02-01"),
            ("handy für 2026-11-24 ü", "handy für 2027-02-01 ü"),
            ("2026-11-2", "2026-11-2 2027-02-01"),
        ] {
            assert_eq!(item_name(old, date!(2027 - 02 - 01), &[]), new);
        }
    }

    #[test]
    fn a_name_that_is_there_already_is_never_taken() {
        let today = date!(2027 - 02 - 01);
        assert_eq!(item_name("a 2027-02-01", today, &[]), "a 2027-02-01.2");
        let taken = ["a 2027-02-01", "a 2027-02-01.2"];
        assert_eq!(item_name("a", today, &taken), "a 2027-02-01.3");
        assert_eq!(item_name("a 2027-02-01.2", today, &taken), "a 2027-02-01.3");
    }
}
