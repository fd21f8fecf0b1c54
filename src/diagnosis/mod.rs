//! What stands between the users of a server and logins by certificate, and the configuration that mends it.
//!
//! A [`Survey`] is what was seen of a server from outside, an [`AccountSurvey`] what an account sees in it. [`OBSTACLES`] is the table of what may stand in the way: each knows by what
//! it is recognised, what it means, and what mends it on which server. A [`Diagnosis`] is what comes of comparing the two.

mod account;
mod facts;
mod mends;
mod obstacles;
mod software;
mod survey;
#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
mod tests;

use time::OffsetDateTime;

pub use account::{AccountSurvey, Upload};
pub use facts::Fact;
pub use obstacles::OBSTACLES;
pub use software::Software;
pub use survey::{ENDPOINT_LIMIT, Survey, Visit};

use crate::check::Severity;

/// One thing that may stand in the way.
#[derive(Debug)]
pub struct Obstacle {
    /// Its name in reports.
    pub id: &'static str,
    /// How bad it is: an error where it keeps certificates out.
    pub severity: Severity,
    /// What it means for users.
    pub means: &'static str,
    /// What mends it, by where that belongs. `DOMAIN` in it stands for the domain of the server.
    pub mends: &'static [(Place, &'static str)],
    /// Looks for it, and tells each place where it is.
    look: fn(&Survey, OffsetDateTime) -> Vec<String>,
}

/// Where a mend belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The zone of the domain in DNS.
    Dns,
    /// The configuration of Prosody 0.12, or a shell on its host.
    Prosody012,
    /// The same for Prosody 13.
    Prosody13,
    /// The configuration of ejabberd, or a shell on its host.
    Ejabberd,
}

impl Place {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Prosody012 => "prosody-0.12",
            Self::Prosody13 => "prosody-13",
            Self::Ejabberd => "ejabberd",
        }
    }
}

/// An obstacle that a server has.
#[derive(Debug)]
pub struct Finding {
    /// Which one.
    pub obstacle: &'static Obstacle,
    /// What was seen of it, with names verbatim as the server or DNS gives them.
    pub seen: String,
    /// What mends it there; for all kinds of servers where it is not known which this is.
    pub mends: Vec<(Place, String)>,
}

/// What became of looking at a server.
#[derive(Debug)]
pub struct Diagnosis {
    /// What stands in the way, the worst first.
    pub findings: Vec<Finding>,
    /// What is as it should be.
    pub facts: Vec<Fact>,
}

impl Diagnosis {
    /// Compares what was seen with all obstacles.
    #[must_use]
    pub fn of(survey: &Survey, now: OffsetDateTime) -> Self {
        let account = survey.account.as_ref();
        let software = account.and_then(|account| account.software.as_ref());
        let mut findings: Vec<Finding> = OBSTACLES
            .iter()
            .filter_map(|obstacle| {
                let seen = (obstacle.look)(survey, now);
                (!seen.is_empty()).then(|| Finding {
                    obstacle,
                    seen: seen.join("; "),
                    mends: obstacle
                        .mends
                        .iter()
                        .filter(|(place, _)| {
                            software.is_none_or(|software| software.is_served_by(*place))
                        })
                        .map(|(place, lines)| (*place, lines.replace("DOMAIN", &survey.domain)))
                        .collect(),
                })
            })
            .collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.obstacle.severity));
        Self {
            findings,
            facts: facts::all(survey),
        }
    }

    /// How many findings are this bad.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.obstacle.severity == severity)
            .count()
    }
}
