//! The frame of a certificate (RFC 5280 4.1), read as leniently as the libraries of servers do.
//!
//! A certificate with a date or a serial number against the rules is one that people want
//! explained, so those fields are told apart instead of spoiling the whole.

use crate::ber::Element;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};
use x509_parser::asn1_rs::{Any, BitString, Class, FromBer as _, FromDer as _, Tag};
use x509_parser::extensions::X509Extension;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

/// A certificate taken apart.
pub(super) struct Certificate<'a> {
    /// The octets of the certificate alone.
    pub(super) raw: &'a [u8],
    /// What follows it.
    pub(super) rest: &'a [u8],
    /// What is signed.
    pub(super) tbs: &'a [u8],
    pub(super) version: u32,
    pub(super) serial: &'a [u8],
    /// The algorithm as stated inside of what is signed.
    pub(super) inner_algorithm: AlgorithmIdentifier<'a>,
    pub(super) issuer: X509Name<'a>,
    /// Nothing where it is not of the form that RFC 5280 4.1.2.5 asks for.
    pub(super) not_before: Option<OffsetDateTime>,
    pub(super) not_after: Option<OffsetDateTime>,
    pub(super) subject: X509Name<'a>,
    pub(super) spki: SubjectPublicKeyInfo<'a>,
    pub(super) extensions: Vec<X509Extension<'a>>,
    pub(super) algorithm: AlgorithmIdentifier<'a>,
    pub(super) signature: BitString<'a>,
}

impl<'a> Certificate<'a> {
    /// Nothing where the frame itself is damaged. `strict` is the same certificate in DER.
    pub(super) fn read(octets: &'a [u8], strict: &'a [u8]) -> Option<Self> {
        let (whole, rest) = Element::first(octets)?;
        let (signed, _) = Element::first(whole.content)?;
        let (_, outer) = Any::from_ber(strict).ok()?;
        outer.tag().assert_eq(Tag::Sequence).ok()?;
        let mut parts = Parts(outer.data);
        let tbs = parts.next()?;
        let (_, algorithm) = AlgorithmIdentifier::from_der(parts.next()?.raw).ok()?;
        let (_, signature) = BitString::from_der(parts.next()?.raw).ok()?;

        tbs.any.tag().assert_eq(Tag::Sequence).ok()?;
        let mut fields = Parts(tbs.any.data);
        let mut field = fields.next()?;
        let mut version = 1;
        if field.is_context(0) {
            version = version_number(&field.any)?;
            field = fields.next()?;
        }
        field.any.tag().assert_eq(Tag::Integer).ok()?;
        let serial = field.any.data;
        let (_, inner_algorithm) = AlgorithmIdentifier::from_der(fields.next()?.raw).ok()?;
        let (_, issuer) = X509Name::from_der(fields.next()?.raw).ok()?;
        let mut dates = Parts(fields.next()?.any.data);
        let (not_before, not_after) = (dates.next()?, dates.next()?);
        let (_, subject) = X509Name::from_der(fields.next()?.raw).ok()?;
        let (_, spki) = SubjectPublicKeyInfo::from_der(fields.next()?.raw).ok()?;
        let mut extensions = Vec::new();
        // Between the two may stand unique identifiers, which nobody uses.
        if let Some(field) = fields.find(|field| field.is_context(3)) {
            let (_, list) = Any::from_ber(field.any.data).ok()?;
            for extension in Parts(list.data) {
                extensions.push(X509Extension::from_der(extension.raw).ok()?.1);
            }
        }
        Some(Self {
            raw: whole.whole,
            rest,
            tbs: signed.whole,
            version,
            serial,
            inner_algorithm,
            issuer,
            not_before: moment(&not_before.any),
            not_after: moment(&not_after.any),
            subject,
            spki,
            extensions,
            algorithm,
            signature,
        })
    }
}

/// The elements of a SEQUENCE, one after the other; ends at the first that is damaged.
pub(super) struct Parts<'a>(pub(super) &'a [u8]);

/// One element, with and without its frame.
pub(super) struct Part<'a> {
    pub(super) any: Any<'a>,
    pub(super) raw: &'a [u8],
}

impl Part<'_> {
    fn is_context(&self, number: u32) -> bool {
        self.any.class() == Class::ContextSpecific && self.any.tag() == Tag(number)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, any) = Any::from_ber(self.0).ok()?;
        let raw = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(Part { any, raw })
    }
}

/// One more than the number encoded, as people count; a number without sense counts as the greatest.
fn version_number(field: &Any<'_>) -> Option<u32> {
    let (_, number) = Any::from_ber(field.data).ok()?;
    let octets = number.data.iter().try_fold(0u32, |value, octet| {
        value.checked_mul(256)?.checked_add(u32::from(*octet))
    });
    Some(octets.unwrap_or(u32::MAX).saturating_add(1))
}

/// A date in the one form of each type that RFC 5280 4.1.2.5 allows: with seconds, in UTC.
fn moment(date: &Any<'_>) -> Option<OffsetDateTime> {
    let (year_digits, length) = match date.tag() {
        Tag::UtcTime => (2, 13),
        Tag::GeneralizedTime => (4, 15),
        _ => return None,
    };
    let (digits, zone) = date.data.split_at_checked(length - 1)?;
    if zone != b"Z" || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, rest) = digits.split_at(year_digits);
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |value, digit| value * 10 + i32::from(digit - b'0'))
    };
    let year = match (year_digits, number(year)) {
        (2, year @ 0..50) => 2000 + year,
        (2, year) => 1900 + year,
        (_, year) => year,
    };
    let part = |index: usize| u8::try_from(number(&rest[2 * index..2 * index + 2])).ok();
    let date = Date::from_calendar_date(year, Month::try_from(part(0)?).ok()?, part(1)?).ok()?;
    let time = Time::from_hms(part(2)?, part(3)?, part(4)?).ok()?;
    Some(date.with_time(time).assume_offset(UtcOffset::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn read(tag: u8, text: &str) -> Option<OffsetDateTime> {
        let der = [&[tag, u8::try_from(text.len()).ok()?], text.as_bytes()].concat();
        moment(&Any::from_ber(&der).ok()?.1)
    }

    #[test]
    fn dates_are_read_in_the_form_of_rfc_5280_only() {
        assert_eq!(
            read(23, "491231235959Z"),
            Some(datetime!(2049-12-31 23:59:59 UTC))
        );
        assert_eq!(
            read(23, "500101000000Z"),
            Some(datetime!(1950-01-01 00:00 UTC))
        );
        assert_eq!(
            read(24, "99991231235959Z"),
            Some(datetime!(9999-12-31 23:59:59 UTC))
        );
        assert_eq!(
            read(23, "280229120000Z"),
            Some(datetime!(2028-02-29 12:00 UTC))
        );
        for (tag, text) in [
            (23, "4912312359Z"),
            (23, "491231235959+0100"),
            (23, "270229120000Z"),
            (24, "20270101000000"),
            (24, "20270101000000.5Z"),
            (24, "2027010100000Z"),
            (12, "270101000000Z"),
        ] {
            assert_eq!(read(tag, text), None, "{text}");
        }
    }
}
