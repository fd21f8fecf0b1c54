//! stub
#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::disallowed_methods
)]
use std::io::*;
use std::os::unix::fs::OpenOptionsExt;
use std::path::*;
pub struct Input(Box<dyn Read>);
impl Read for Input {
    fn read(&mut self, b: &mut [u8]) -> Result<usize> {
        self.0.read(b)
    }
}
#[derive(Debug)]
pub struct E(String);
impl E {
    pub fn hint(&self) -> &'static str {
        "hint"
    }
}
impl std::fmt::Display for E {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
pub use E as ReadError;
pub use E as WriteError;
impl Input {
    pub fn open(p: &Path) -> std::result::Result<Self, E> {
        std::fs::File::open(p)
            .map(|f| Input(Box::new(f)))
            .map_err(|e| E(format!("'{}': {e}", p.display())))
    }
    pub fn standard() -> std::result::Result<Self, E> {
        Ok(Input(Box::new(stdin())))
    }
}
#[derive(Clone)]
pub struct Output(PathBuf, bool);
impl Output {
    pub fn private(p: impl Into<PathBuf>) -> Self {
        Self(p.into(), true)
    }
    pub fn public(p: impl Into<PathBuf>) -> Self {
        Self(p.into(), false)
    }
}
pub enum Overwrite {
    Refuse,
    Replace,
}
pub struct FileSet(Vec<Output>, bool);
impl FileSet {
    pub fn begin(
        o: impl IntoIterator<Item = Output>,
        w: Overwrite,
    ) -> std::result::Result<Self, E> {
        let o: Vec<_> = o.into_iter().collect();
        let r = matches!(w, Overwrite::Replace);
        if !r {
            for x in &o {
                if x.0.exists() {
                    return Err(E(format!("'{}' exists already", x.0.display())));
                }
            }
        }
        Ok(Self(o, r))
    }
    pub fn prepare<C: AsRef<[u8]>>(
        self,
        c: impl IntoIterator<Item = C>,
    ) -> std::result::Result<ReadySet, E> {
        Ok(ReadySet(
            self.0
                .into_iter()
                .zip(c.into_iter().map(|c| c.as_ref().to_vec()))
                .collect(),
            vec![],
        ))
    }
}
pub struct ReadySet(Vec<(Output, Vec<u8>)>, Vec<PathBuf>);
impl ReadySet {
    pub fn kept(&self) -> &[PathBuf] {
        &self.1
    }
    pub fn commit(self) -> std::result::Result<Vec<PathBuf>, E> {
        for (o, c) in &self.0 {
            std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(if o.1 { 0o600 } else { 0o644 })
                .open(&o.0)
                .and_then(|mut f| f.write_all(c))
                .map_err(|e| E(e.to_string()))?;
        }
        Ok(vec![])
    }
}
pub enum Recovery {
    Nothing,
    Busy,
    Undone,
    Finished(Vec<PathBuf>),
}
pub fn recover(_: &Path) -> std::result::Result<Recovery, E> {
    Ok(Recovery::Nothing)
}
