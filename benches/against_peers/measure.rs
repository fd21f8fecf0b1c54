//! Paired measurements and what is said of them.

use std::process::Command;
use std::thread;
use std::time::Instant;

use serde::Serialize;

/// What to measure and how to say it.
pub(crate) struct Plan {
    json: bool,
    quick: bool,
    runs: Option<usize>,
    words: Vec<String>,
}

impl Plan {
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut plan = Self {
            json: false,
            quick: false,
            runs: None,
            words: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // Cargo says this to every benchmark.
                "--bench" => {}
                "--json" => plan.json = true,
                "--quick" => plan.quick = true,
                "--runs" => {
                    let runs = arguments.next().and_then(|runs| runs.parse().ok());
                    plan.runs = Some(runs.expect("a number after '--runs'"));
                }
                _ => plan.words.push(argument),
            }
        }
        plan
    }

    /// Whether the row is asked for.
    pub(crate) fn wants(&self, work: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| work.contains(word))
    }

    /// Whether to show in a minute that everything works, rather than to measure well.
    pub(crate) fn is_quick(&self) -> bool {
        self.quick
    }

    /// How often to run each side; `usual` unless the command line says otherwise.
    pub(crate) fn runs(&self, usual: usize) -> usize {
        let few = if self.quick { 3 } else { usual };
        self.runs.unwrap_or_else(|| usual.min(few))
    }
}

/// The durations of one side's runs, in seconds.
#[derive(Serialize)]
pub(crate) struct Sample {
    runs: usize,
    mean: f64,
    median: f64,
    standard_error: f64,
    least: f64,
    greatest: f64,
}

impl Sample {
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody waits for 2^52 runs to end"
    )]
    fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let runs = seconds.len();
        let count = runs as f64;
        let mean = seconds.iter().sum::<f64>() / count;
        let squares: f64 = seconds.iter().map(|one| (one - mean).powi(2)).sum();
        Self {
            runs,
            mean,
            median: f64::midpoint(seconds[(runs - 1) / 2], seconds[runs / 2]),
            standard_error: (squares / (count - 1.0).max(1.0) / count).sqrt(),
            least: seconds[0],
            greatest: seconds[runs - 1],
        }
    }
}

/// One piece of work, done by us and by a peer.
#[derive(Serialize)]
pub(crate) struct Row {
    /// What is done: `RSA-4096 key`.
    pub(crate) work: String,
    /// Who else does it, as a command line.
    pub(crate) peer: String,
    /// How many cores ours may use.
    pub(crate) cores: usize,
    pub(crate) ours: Sample,
    pub(crate) theirs: Sample,
    /// How often ours is done while theirs is done once, by the means.
    pub(crate) ratio: f64,
    /// The standard error of `ratio`.
    pub(crate) ratio_error: f64,
}

impl Row {
    /// Runs both sides by turns, `runs` times each, after one run that is not counted.
    pub(crate) fn measured(
        work: &str,
        peer: &str,
        cores: usize,
        runs: usize,
        mut ours: impl FnMut(),
        mut theirs: impl FnMut(),
    ) -> Self {
        assert!(runs > 0, "nothing is known from no run");
        let seconds = |side: &mut dyn FnMut()| {
            let start = Instant::now();
            side();
            start.elapsed().as_secs_f64()
        };
        let (mut our_seconds, mut their_seconds) = (Vec::new(), Vec::new());
        ours();
        theirs();
        for turn in 0..runs {
            // Whoever goes second may find a warmer machine.
            if turn % 2 == 0 {
                our_seconds.push(seconds(&mut ours));
                their_seconds.push(seconds(&mut theirs));
            } else {
                their_seconds.push(seconds(&mut theirs));
                our_seconds.push(seconds(&mut ours));
            }
        }
        let (ours, theirs) = (Sample::of(our_seconds), Sample::of(their_seconds));
        let ratio = theirs.mean / ours.mean;
        let relative = |sample: &Sample| sample.standard_error / sample.mean;
        Self {
            work: work.to_owned(),
            peer: peer.to_owned(),
            cores,
            ratio,
            ratio_error: ratio * relative(&ours).hypot(relative(&theirs)),
            ours,
            theirs,
        }
    }
}

impl Row {
    /// As a row of the table.
    fn line(&self) -> String {
        format!(
            "| {} | {} | {} | `{}` | {} | {:.1} ± {:.1} | {} |",
            self.work,
            self.cores,
            said(&self.ours),
            self.peer,
            said(&self.theirs),
            self.ratio,
            self.ratio_error,
            self.ours.runs,
        )
    }
}

/// All rows, and where they were measured.
#[derive(Serialize)]
pub(crate) struct Report {
    version: &'static str,
    processor: String,
    cores: usize,
    /// How many processes wanted a core in the minute before the start and before the end, which should be 0 and 1.
    load: [f64; 2],
    date: String,
    peers: Vec<String>,
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new() -> Self {
        let processor = std::fs::read_to_string("/proc/cpuinfo")
            .unwrap_or_default()
            .lines()
            .find_map(|line| line.strip_prefix("model name"))
            .and_then(|rest| rest.split_once(':'))
            .map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned());
        Self {
            version: env!("CARGO_PKG_VERSION"),
            processor,
            cores: thread::available_parallelism().map_or(1, usize::from),
            load: [load(); 2],
            date: time::OffsetDateTime::now_utc().date().to_string(),
            peers: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Notes which version of a peer is measured, by the first line that `program arguments` prints.
    pub(crate) fn note_peer(&mut self, program: &str, arguments: &[&str]) {
        let output = Command::new(program)
            .args(arguments)
            .output()
            .unwrap_or_else(|error| panic!("'{program}' is needed: {error}"));
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().next().unwrap_or(program).to_owned();
        if !self.peers.contains(&line) {
            self.peers.push(line);
        }
    }

    /// Takes the row up, and shows it to who watches: a measurement that is broken off is not lost.
    pub(crate) fn push(&mut self, row: Row) {
        eprintln!("{}", row.line());
        self.rows.push(row);
    }

    pub(crate) fn print(mut self, plan: &Plan) {
        self.load[1] = load();
        if plan.json {
            println!("{}", serde_json::to_string_pretty(&self).unwrap());
            return;
        }
        println!(
            "{}: xmppcert {} on {}, {} cores, load {} to {}; {}",
            self.date,
            self.version,
            self.processor,
            self.cores,
            self.load[0],
            self.load[1],
            self.peers.join("; ")
        );
        println!("Seconds as mean ± standard error (median); the ratio is of the means.\n");
        println!("| work | cores | ours | peer | theirs | ratio | runs |");
        println!("|---|---|---|---|---|---|---|");
        for row in &self.rows {
            println!("{}", row.line());
        }
    }
}

fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let minute = text.split(' ').next().unwrap_or_default();
    minute.parse().unwrap_or(f64::NAN)
}

fn said(sample: &Sample) -> String {
    let Sample {
        mean,
        median,
        standard_error,
        ..
    } = sample;
    format!("{mean:.4} ± {standard_error:.4} ({median:.4})")
}
