//! A server that a test starts for itself, and a client of it that knows nothing of our program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::script;

/// What `tests/servers` calls the password of every account.
pub(crate) const PASSWORD: &str = "secret";

/// The tree whose servers are used, by chroot, in the place of those of this system.
fn other_tree() -> Option<PathBuf> {
    std::env::var_os("XMPPCERT_SERVER_ROOT").map(PathBuf::from)
}

/// Whether the OpenSSL of the servers can read a certificate in PEM.
pub(crate) fn server_can_read(certificate: &str) -> bool {
    let mut command = vec!["openssl", "x509", "-noout"];
    let tree = other_tree();
    if let Some(root) = &tree {
        command.splice(0..0, ["chroot", root.to_str().unwrap()]);
    }
    let input = std::fs::File::open(certificate).unwrap();
    let output = Command::new(command[0])
        .args(&command[1..])
        .stdin(input)
        .output()
        .unwrap();
    output.status.success()
}

/// Stopped and removed at the end.
pub(crate) struct Server {
    script: String,
    dir: tempfile::TempDir,
    /// What the script says of it: ports, files.
    description: String,
}

impl Server {
    /// `name` is a script in `tests/servers`, `accounts` are localparts.
    pub(crate) fn start(name: &str, accounts: &[&str], extra: &[(&str, &str)]) -> Self {
        let script = script(&format!("servers/{name}"));
        let dir = match other_tree() {
            Some(root) => tempfile::tempdir_in(root.join("tmp")).unwrap(),
            None => tempfile::tempdir().unwrap(),
        };
        let output = Command::new(&script)
            .arg("start")
            .arg(dir.path())
            .env("ACCOUNTS", accounts.join(" "))
            .envs(extra.iter().copied())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "{name} does not start");
        let description = String::from_utf8(output.stdout).unwrap();
        Self {
            script,
            dir,
            description,
        }
    }

    /// The options by which our program finds and trusts it.
    pub(crate) fn options(&self) -> [String; 4] {
        let address = format!("127.0.0.1:{}", self.value("port"));
        let ca = self.value("ca").as_str().unwrap().to_owned();
        ["--server".to_owned(), address, "--ca".to_owned(), ca]
    }

    /// The line of JSON that says where it is.
    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// One member of it.
    pub(crate) fn value(&self, member: &str) -> Value {
        serde_json::from_str::<Value>(&self.description).unwrap()[member].clone()
    }

    /// Whether this is a Prosody of the line 0.12 and not a newer one.
    pub(crate) fn is_prosody_012(&self) -> bool {
        self.value("version").as_str().unwrap().starts_with("0.12")
    }

    /// What `doctor --json` calls this Prosody among the places of its mends.
    pub(crate) fn place(&self) -> &'static str {
        if self.is_prosody_012() {
            "prosody-0.12"
        } else {
            "prosody-13"
        }
    }

    /// The same for its port of direct TLS.
    pub(crate) fn direct_tls_options(&self) -> Vec<String> {
        let facts: Value = serde_json::from_str(&self.description).unwrap();
        let mut options = self.options().to_vec();
        options[1] = format!("127.0.0.1:{}", facts["tls_port"]);
        options.push("--direct-tls".to_owned());
        options
    }

    pub(crate) fn client(&self) -> Client {
        let mut child = Command::new("python3")
            .args([&script("servers/xmpp_client.py"), &self.description])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Client {
            requests: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new(&self.script)
            .arg("stop")
            .arg(self.dir.path())
            .status();
        assert!(
            stopped.is_ok_and(|status| status.success()),
            "the server does not stop"
        );
    }
}

/// `tests/servers/xmpp_client.py`.
pub(crate) struct Client {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Client {
    /// Sends one request and returns the answer to it.
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests.as_mut().unwrap(), "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{request}: {error}"))
    }

    /// XEP-0257, in a session of the account's owner that was opened by password.
    pub(crate) fn manage(&mut self, action: &str, jid: &str, name: &str, x509cert: &str) -> Value {
        let mut request = json!({ "do": action, "jid": jid, "password": PASSWORD });
        for (field, value) in [("name", name), ("x509cert", x509cert)] {
            if !value.is_empty() {
                request[field] = json!(value);
            }
        }
        self.ask(&request)
    }

    /// SASL EXTERNAL; an empty `authzid` is `=`, an empty `tls` the newest version.
    pub(crate) fn login(
        &mut self,
        certificate: &str,
        key: &str,
        authzid: &str,
        tls: &str,
    ) -> Value {
        let request = json!({
            "do": "login", "jid": "", "certificate": certificate, "key": key, "authzid": authzid, "tls": tls,
        });
        self.ask(&request)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The end of its input is the end of it.
        self.requests = None;
        assert!(self.child.wait().is_ok());
    }
}
