//! The validity period of a certificate: notBefore and notAfter (RFC 5280 4.1.2.5).

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::macros::{datetime, format_description};
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

/// How far behind a server's clock may be before a new certificate looks like one from the future.
///
/// Prosody offers SASL EXTERNAL only once notBefore has passed, so new certificates start this
/// much in the past.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(5);

/// notBefore and notAfter: whole seconds in UTC, in this order, both expressible in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Validity {
    #[serde(with = "time::serde::rfc3339")]
    not_before: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    not_after: OffsetDateTime,
}

impl Validity {
    /// The notAfter of a certificate with no well-defined expiration date: 99991231235959Z
    /// (RFC 5280 4.1.2.5).
    pub const NEVER: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

    /// The first moment a certificate can state: a date before 2050 is a UTCTime, and a UTCTime
    /// begins in 1950 (RFC 5280 4.1.2.5.1).
    const EARLIEST: OffsetDateTime = datetime!(1950-01-01 00:00:00 UTC);

    /// The period from `not_before` to `not_after`, both cut to whole seconds.
    ///
    /// # Errors
    /// [`ValidityError::TooEarly`] before 1950, [`ValidityError::TooLate`] after 9999,
    /// [`ValidityError::EndsBeforeStart`] where nothing lies between the two.
    pub fn new(
        not_before: OffsetDateTime,
        not_after: OffsetDateTime,
    ) -> Result<Self, ValidityError> {
        let not_before = whole_second(not_before)?;
        let not_after = whole_second(not_after)?;
        if not_after <= not_before {
            return Err(ValidityError::EndsBeforeStart {
                not_before,
                not_after,
            });
        }
        Ok(Self {
            not_before,
            not_after,
        })
    }

    /// The first second at which the certificate is valid.
    #[must_use]
    pub fn not_before(self) -> OffsetDateTime {
        self.not_before
    }

    /// The last second at which the certificate is valid.
    #[must_use]
    pub fn not_after(self) -> OffsetDateTime {
        self.not_after
    }

    /// The period of a successor: as long as this one, and starting
    /// [`CLOCK_TOLERANCE`] before `now`. A certificate that never expires has such a successor.
    ///
    /// # Errors
    /// [`ValidityError::TooLate`] if it would end after the year 9999.
    pub fn renewed_at(self, now: OffsetDateTime) -> Result<Self, ValidityError> {
        let not_before = now - CLOCK_TOLERANCE;
        let not_after = if self.not_after == Self::NEVER {
            Self::NEVER
        } else {
            whole_second(not_before)?
                .checked_add(self.not_after - self.not_before)
                .ok_or(ValidityError::TooLate)?
        };
        Self::new(not_before, not_after)
    }
}

fn whole_second(moment: OffsetDateTime) -> Result<OffsetDateTime, ValidityError> {
    let utc = moment
        .checked_to_offset(UtcOffset::UTC)
        .ok_or(ValidityError::TooLate)?;
    if utc < Validity::EARLIEST {
        return Err(ValidityError::TooEarly(utc));
    }
    Ok(utc - Duration::nanoseconds(i64::from(utc.nanosecond())))
}

/// Where a moment lies in a validity period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// notBefore <= now <= notAfter.
    Current,
    /// notAfter has passed.
    Expired,
    /// notBefore is still to come.
    NotYetValid,
}

impl Standing {
    /// The standing at `now` of a certificate with these two dates.
    #[must_use]
    pub fn at(now: OffsetDateTime, not_before: OffsetDateTime, not_after: OffsetDateTime) -> Self {
        // notAfter is inclusive and states whole seconds, so its last second counts in full.
        if now >= not_after.saturating_add(Duration::seconds(1)) {
            Self::Expired
        } else if now < not_before {
            Self::NotYetValid
        } else {
            Self::Current
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "current",
            Self::Expired => "expired",
            Self::NotYetValid => "not yet valid",
        })
    }
}

/// A length of time as people state it: `36h`, `90d`, `12w`, `18mo`, `2y`.
///
/// Months and years follow the calendar: one month after January 31 is the last day of February.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    amount: u32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

impl Period {
    /// `amount` times 24 hours.
    #[must_use]
    pub const fn days(amount: u32) -> Self {
        Self {
            amount,
            unit: Unit::Days,
        }
    }

    /// So many days as digits say, and nothing else does.
    ///
    /// # Errors
    /// [`ValidityError::NotDays`], or that it is no time, or too long a time.
    pub fn of_days(digits: &str) -> Result<Self, ValidityError> {
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(ValidityError::NotDays(digits.to_owned()));
        }
        format!("{digits}d").parse()
    }

    /// The moment this long after `start`.
    ///
    /// # Errors
    /// [`ValidityError::TooLate`] after the year 9999.
    pub fn after(self, start: OffsetDateTime) -> Result<OffsetDateTime, ValidityError> {
        let amount = i64::from(self.amount);
        match self.unit {
            Unit::Hours => start.checked_add(Duration::hours(amount)),
            Unit::Days => start.checked_add(Duration::days(amount)),
            Unit::Weeks => start.checked_add(Duration::weeks(amount)),
            Unit::Months => months_after(start, amount),
            Unit::Years => months_after(start, amount * 12),
        }
        .ok_or(ValidityError::TooLate)
    }
}

fn months_after(start: OffsetDateTime, months: i64) -> Option<OffsetDateTime> {
    let count = i64::from(start.year()) * 12 + i64::from(u8::from(start.month())) - 1 + months;
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
    let day = start.day().min(month.length(year));
    Some(start.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}

impl FromStr for Period {
    type Err = ValidityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_a_period = || ValidityError::NotAPeriod(text.to_owned());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, unit) = text.split_at(digits);
        let unit = match unit {
            "h" => Unit::Hours,
            "d" => Unit::Days,
            "w" => Unit::Weeks,
            "mo" => Unit::Months,
            "y" => Unit::Years,
            _ => return Err(not_a_period()),
        };
        if amount.is_empty() {
            return Err(not_a_period());
        }
        // Digits that do not fit are a period all the same: one that ends after the year 9999.
        match amount.parse() {
            Ok(0) => Err(ValidityError::NoTime),
            Ok(amount) => Ok(Self { amount, unit }),
            Err(_) => Err(ValidityError::TooLate),
        }
    }
}

/// The moment that `text` states: RFC 3339, or a date (`2027-01-31`), which means its first second
/// in UTC.
///
/// # Errors
/// [`ValidityError::NotADate`] names what was given.
pub fn parse_date(text: &str) -> Result<OffsetDateTime, ValidityError> {
    if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        return Ok(date.midnight().assume_utc());
    }
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| ValidityError::NotADate(text.to_owned()))
}

/// `moment` as RFC 3339 in UTC with whole seconds: `2027-11-24T10:44:00Z`.
#[must_use]
pub fn format_date(moment: OffsetDateTime) -> String {
    let utc = moment
        .checked_to_offset(UtcOffset::UTC)
        .unwrap_or(Validity::NEVER);
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    // Formatting a date and time into a `String` has no way to fail; the debug form loses nothing.
    utc.format(format).unwrap_or_else(|_| format!("{utc:?}"))
}

/// Why a period cannot be that of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidityError {
    /// The text is neither RFC 3339 nor a date.
    NotADate(String),
    /// The text is not a number followed by `h`, `d`, `w`, `mo` or `y`.
    NotAPeriod(String),
    /// The text is not a number of days.
    NotDays(String),
    /// The period has no length.
    NoTime,
    /// The date is before 1950, the first year of a UTCTime.
    TooEarly(OffsetDateTime),
    /// The date is after the year 9999, the last of a GeneralizedTime.
    TooLate,
    /// notAfter is not after notBefore.
    EndsBeforeStart {
        /// The start asked for.
        not_before: OffsetDateTime,
        /// The end asked for.
        not_after: OffsetDateTime,
    },
}

impl ValidityError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotADate(_) => {
                "give a date like 2027-01-31 or a moment like 2027-01-31T12:00:00Z"
            }
            Self::NotAPeriod(_) => "give a number and a unit: 36h, 90d, 12w, 18mo or 2y",
            Self::NotDays(_) => "give a whole number, such as 365",
            Self::NoTime => "give a length of at least an hour",
            Self::TooEarly(_) => "give a date from 1950-01-01 on",
            Self::TooLate => "for a certificate without an end use '--not-after never'",
            Self::EndsBeforeStart { .. } => "give an end that is after the start",
        }
    }
}

impl fmt::Display for ValidityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADate(text) => write!(f, "'{text}' is not a date"),
            Self::NotAPeriod(text) => write!(f, "'{text}' is not a length of time"),
            Self::NotDays(text) => write!(f, "'{text}' is not a number of days"),
            Self::NoTime => f.write_str("a certificate that is valid for no time cannot be used"),
            Self::TooEarly(date) => write!(
                f,
                "'{}' is before 1950, and a certificate cannot state it",
                format_date(*date)
            ),
            Self::TooLate => f.write_str(
                "the certificate would end after the year 9999, and it cannot state that",
            ),
            Self::EndsBeforeStart {
                not_before,
                not_after,
            } => write!(
                f,
                "the certificate would end at {} but start at {}",
                format_date(*not_after),
                format_date(*not_before)
            ),
        }
    }
}

impl std::error::Error for ValidityError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: OffsetDateTime, period: &str) -> Result<OffsetDateTime, ValidityError> {
        period.parse::<Period>()?.after(start)
    }

    #[test]
    fn months_and_years_follow_the_calendar() {
        let cases = [
            (
                datetime!(2027-01-31 12:00 UTC),
                "1mo",
                datetime!(2027-02-28 12:00 UTC),
            ),
            (
                datetime!(2028-01-31 12:00 UTC),
                "1mo",
                datetime!(2028-02-29 12:00 UTC),
            ),
            (
                datetime!(2028-02-29 00:00 UTC),
                "1y",
                datetime!(2029-02-28 00:00 UTC),
            ),
            (
                datetime!(2028-02-29 00:00 UTC),
                "4y",
                datetime!(2032-02-29 00:00 UTC),
            ),
            (
                datetime!(2026-11-30 00:00 UTC),
                "15mo",
                datetime!(2028-02-29 00:00 UTC),
            ),
            (
                datetime!(2026-12-31 23:59:59 UTC),
                "2w",
                datetime!(2027-01-14 23:59:59 UTC),
            ),
            (
                datetime!(2026-11-24 10:00 UTC),
                "36h",
                datetime!(2026-11-25 22:00 UTC),
            ),
            (
                datetime!(2026-11-24 10:00 UTC),
                "365d",
                datetime!(2027-11-24 10:00 UTC),
            ),
        ];
        for (start, period, end) in cases {
            assert_eq!(after(start, period), Ok(end), "{start} + {period}");
        }
    }

    #[test]
    fn a_period_needs_an_amount_and_a_known_unit() {
        for text in [
            "", "d", "12", "12m", "-1d", "1.5y", "1 d", "١d", "1d1h", "+1d",
        ] {
            assert_eq!(
                text.parse::<Period>(),
                Err(ValidityError::NotAPeriod(text.to_owned()))
            );
        }
        assert_eq!("0d".parse::<Period>(), Err(ValidityError::NoTime));
    }

    #[test]
    fn a_period_past_the_year_9999_is_an_error_whatever_its_size() {
        let now = datetime!(2026-11-24 10:00 UTC);
        for text in [
            "8000y",
            "4294967295y",
            "4294967295d",
            "4294967295w",
            "99999999999999999999d",
        ] {
            assert_eq!(after(now, text), Err(ValidityError::TooLate), "{text}");
        }
    }

    #[test]
    fn dates_are_rfc_3339_or_midnight_utc() {
        let cases = [
            ("2027-01-31", datetime!(2027-01-31 0:00 UTC)),
            ("2028-02-29", datetime!(2028-02-29 0:00 UTC)),
            ("2027-01-31T12:30:00+02:00", datetime!(2027-01-31 10:30 UTC)),
            (
                "2027-01-31T12:30:00.999Z",
                datetime!(2027-01-31 12:30:00.999 UTC),
            ),
        ];
        for (text, moment) in cases {
            assert_eq!(parse_date(text), Ok(moment));
        }
        for text in [
            "2027-02-29",
            "2027-13-01",
            "tomorrow",
            "2027-01-31 ",
            "31.01.2027",
            "10000-01-01",
        ] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_end_at_or_before_the_start_is_an_error() {
        let moment = datetime!(2027-01-31 12:00 UTC);
        for not_after in [
            moment,
            moment + Duration::milliseconds(900),
            moment - Duration::days(1),
        ] {
            assert!(matches!(
                Validity::new(moment, not_after),
                Err(ValidityError::EndsBeforeStart { .. })
            ));
        }
    }

    #[test]
    fn dates_outside_what_a_certificate_can_state_are_errors() {
        let end = datetime!(2027-01-31 12:00 UTC);
        assert!(Validity::new(datetime!(1950-01-01 0:00 UTC), end).is_ok());
        assert!(matches!(
            Validity::new(datetime!(1949-12-31 23:59:59 UTC), end),
            Err(ValidityError::TooEarly(_))
        ));
        // Still 9999 where it was written, but already 10000 in UTC.
        assert_eq!(
            Validity::new(end, datetime!(9999-12-31 23:59:59 -1)),
            Err(ValidityError::TooLate)
        );
    }

    #[test]
    fn a_successor_is_as_long_and_starts_a_little_in_the_past() {
        let now = datetime!(2028-02-29 10:00:00.5 UTC);
        let old = Validity::new(
            datetime!(2026-01-01 0:00 UTC),
            datetime!(2026-04-01 0:00 UTC),
        );
        let new = old.and_then(|old| old.renewed_at(now));
        assert_eq!(
            new,
            Validity::new(
                datetime!(2028-02-29 9:55 UTC),
                datetime!(2028-02-29 9:55 UTC) + Duration::days(90)
            )
        );
        let endless = Validity::new(datetime!(2026-01-01 0:00 UTC), Validity::NEVER);
        let successor = endless.and_then(|endless| endless.renewed_at(now));
        assert_eq!(successor.map(Validity::not_after), Ok(Validity::NEVER));
    }

    #[test]
    fn the_last_second_still_counts() {
        let start = datetime!(2026-01-01 0:00 UTC);
        let end = datetime!(2026-04-01 0:00 UTC);
        let at = |now| Standing::at(now, start, end);
        assert_eq!(at(start - Duration::nanoseconds(1)), Standing::NotYetValid);
        assert_eq!(at(start), Standing::Current);
        assert_eq!(at(end + Duration::milliseconds(999)), Standing::Current);
        assert_eq!(at(end + Duration::seconds(1)), Standing::Expired);
        let forever = Standing::at(Validity::NEVER, start, Validity::NEVER);
        assert_eq!(forever, Standing::Current);
    }
}
