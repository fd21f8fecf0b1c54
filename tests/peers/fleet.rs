//! The examples in `contrib/` that share a list out: GNU parallel, a Slurm array, an indexed Job of Kubernetes.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Outcome, Sandbox};

fn committed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A list of accounts, and who is in it.
fn list(sandbox: &Sandbox) -> BTreeSet<String> {
    let jids: BTreeSet<String> = (0..60).map(|number| format!("user{number}@x.y")).collect();
    let lines: Vec<&str> = jids.iter().map(String::as_str).collect();
    sandbox.write("accounts", lines.join("\n"));
    jids
}

/// Runs an example with our program on the path.
fn example(sandbox: &Sandbox, command: &mut Command) -> Outcome {
    let program = Path::new(env!("CARGO_BIN_EXE_xmppcert"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let output = command
        .env("PATH", path)
        .current_dir(sandbox.path(""))
        .output();
    output
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
        .into()
}

/// Sees that the lines report every account once, and that it is there.
fn assert_done(sandbox: &Sandbox, lines: &str, jids: &BTreeSet<String>) {
    let mut reported = BTreeSet::new();
    for line in lines.lines() {
        let account: Value = serde_json::from_str(line).unwrap();
        let jid = account["jids"][0].as_str().unwrap().to_owned();
        assert!(reported.insert(jid.clone()), "{jid} was made twice");
        let certificate = account["certificate_file"].as_str().unwrap();
        sandbox.done(&["check", "--quiet", "--jid", &jid, certificate]);
    }
    assert_eq!(reported, *jids);
    assert_eq!(
        fs::read_dir(sandbox.path("certs")).unwrap().count(),
        jids.len()
    );
}

#[test]
fn gnu_parallel_runs_a_share_in_each_process() {
    let sandbox = Sandbox::new();
    let jids = list(&sandbox);
    let mut command = Command::new(committed("contrib/parallel/generate.sh"));
    command.args(["accounts", "certs", "4", "--key-type=ecdsa-p256"]);
    let outcome = example(&sandbox, &mut command);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_done(&sandbox, &outcome.stdout, &jids);
}

#[test]
fn a_slurm_array_runs_a_share_in_each_task() {
    let sandbox = Sandbox::new();
    let jids = list(&sandbox);
    // Slurm is told its two ports, the second one above the first.
    let port = (0..50)
        .map(|_| {
            TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port()
        })
        .find(|port| TcpListener::bind(("127.0.0.1", port + 1)).is_ok())
        .unwrap();
    let mut command = Command::new(committed("tests/servers/slurm"));
    command
        .env("PORT", port.to_string())
        .arg(sandbox.path(""))
        .args(["sbatch", "--wait", "--array=0-2", "--cpus-per-task=1"])
        .arg(committed("contrib/slurm/generate.sbatch"))
        .args(["accounts", "certs", "--key-type=ecdsa-p256"]);
    let outcome = example(&sandbox, &mut command);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let made: String = (0..3)
        .map(|task| sandbox.text(&format!("made.{task}.jsonl")))
        .collect();
    assert_done(&sandbox, &made, &jids);
}

#[test]
fn the_job_for_kubernetes_is_valid_and_its_shares_are_the_whole() {
    let sandbox = Sandbox::new();
    let jids = list(&sandbox);
    let manifest = committed("contrib/kubernetes/generate.yaml");
    let python = |code: &str| {
        let interpreter = committed("target/test-venv/bin/python");
        let mut command = Command::new(&interpreter);
        let output = command.args(["-c", code]).arg(&manifest).output();
        let outcome: Outcome = output
            .unwrap_or_else(|error| {
                panic!("{interpreter:?}: {error}; run tests/run, which makes it")
            })
            .into();
        assert_eq!(outcome.status, 0, "{outcome:?}");
        outcome.stdout
    };
    for version in ["1.33", "1.37"] {
        python(&format!(
            "import sys, yaml, kubernetes_validate as k
k.validate(yaml.safe_load(open(sys.argv[1])), '{version}', strict=True)"
        ));
    }
    let job =
        python("import sys, yaml, json; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))");
    let job: Value = serde_json::from_str(&job).unwrap();
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let count = job["spec"]["completions"].as_u64().unwrap();
    assert_eq!(container["command"], serde_json::json!(["xmppcert"]));
    let mut made = String::new();
    for index in 0..count {
        // As the kubelet puts the index in, and the volumes.
        let arguments: Vec<String> = container["args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|argument| {
                let argument = argument.as_str().unwrap();
                argument
                    .replace("$(JOB_COMPLETION_INDEX)", &index.to_string())
                    .replace("/accounts/accounts.csv", "accounts")
                    .replace("/certificates", "certs")
            })
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        made += &sandbox.done(&arguments);
    }
    assert_done(&sandbox, &made, &jids);
}
