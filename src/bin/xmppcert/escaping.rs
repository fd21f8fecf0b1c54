//! Text from certificates, files and arguments is hostile until it has been through here.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;
use unicode_general_category::{GeneralCategory, get_general_category};

fn is_hostile(character: char) -> bool {
    matches!(
        get_general_category(character),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

fn has_hostile(text: &str) -> bool {
    // Most text is visible ASCII, which needs no table.
    !text.bytes().all(|octet| matches!(octet, b' '..=b'~')) && text.contains(is_hostile)
}

/// `text` with everything that could move the cursor, hide or reorder characters made visible.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !has_hostile(text) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            _ if is_hostile(character) => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// XML in which the same characters are references, which mean the same to who parses it.
pub(crate) fn escape_xml(xml: &str) -> String {
    let mut escaped = String::with_capacity(xml.len());
    for character in xml.chars() {
        if is_hostile(character) {
            // Writing to a `String` cannot fail.
            let _infallible = write!(escaped, "&#x{:X};", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// JSON on one line, in which the same characters are `\uXXXX`.
pub(crate) fn json(value: &impl Serialize) -> String {
    // Our own types have string keys and finite numbers, which is all that could go wrong.
    let plain = serde_json::to_string(value).unwrap_or_default();
    if !has_hostile(&plain) {
        return plain;
    }
    let mut escaped = String::with_capacity(plain.len() + 12);
    for character in plain.chars() {
        // Outside of strings JSON is all visible ASCII, so these stand inside of one.
        if is_hostile(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _infallible = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str =
        "a\u{1b}[31m\u{7f}\u{9b}\n\u{202e}\u{2066}\u{200b}\u{feff}\u{ad}\u{2028}\u{2029}\u{e0041}z";

    #[test]
    fn hostile_characters_become_visible() {
        let escaped = escape(HOSTILE);
        assert!(escaped.chars().all(|c| c.is_ascii_graphic()), "{escaped}");
        assert_eq!(
            escaped,
            "a\\u{1b}[31m\\u{7f}\\u{9b}\\n\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{ad}\\u{2028}\\u{2029}\\u{e0041}z"
        );
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        for text in [
            "jürgen@bücher.example",
            "d\\27artagnan",
            "中文",
            "اختبار",
            "👑",
        ] {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn json_escapes_the_same_and_means_the_same() {
        let line = json(&HOSTILE);
        assert!(line.chars().all(|c| c.is_ascii_graphic()), "{line}");
        assert_eq!(
            serde_json::from_str::<String>(&line).ok().as_deref(),
            Some(HOSTILE)
        );
        assert!(line.contains("\\udb40\\udc41"));
    }
}
