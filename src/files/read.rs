//! Input: files and streams, never read without a limit.

use std::error::Error;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use super::reason;

/// The path that stands for the standard input.
const STANDARD_INPUT: &str = "-";

/// The room for a stream of unknown length, to begin with.
const FIRST_CHUNK: usize = 16 * 1024;

/// An open file or stream, known to be worth reading.
///
/// It reads without buffering and without limit; who reads from it sets the limit.
#[derive(Debug)]
pub struct Input {
    file: File,
    path: PathBuf,
    /// Of a regular file, as far as known.
    len: Option<u64>,
}

impl Input {
    /// Opens the file or stream at `path`. Opening a FIFO waits for its writer, as usual.
    ///
    /// # Errors
    ///
    /// If there is nothing at `path` that can be read, or it is a directory, a socket, a device other than a terminal,
    /// or an empty file.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let failed = |source| ReadError::Failed {
            path: path.to_path_buf(),
            source,
        };
        // Looked at before it is opened, because opening a device may have effects or block.
        let metadata = fs::metadata(path).map_err(failed)?;
        check_kind(&metadata, path)?;
        if metadata.file_type().is_socket() {
            return Err(ReadError::Socket {
                path: path.to_path_buf(),
            });
        }
        let no_tty = i32::try_from(OFlags::NOCTTY.bits()).unwrap_or_default();
        let file = File::options()
            .read(true)
            .custom_flags(no_tty)
            .open(path)
            .map_err(failed)?;
        Self::new(file, path)
    }

    /// The standard input, which messages will call `standard input`.
    ///
    /// # Errors
    ///
    /// As for [`Input::open`]; also if the standard input is closed.
    pub fn standard() -> Result<Self, ReadError> {
        let path = Path::new(STANDARD_INPUT);
        let fd = io::stdin().as_fd().try_clone_to_owned();
        let fd = fd.map_err(|source| ReadError::Failed {
            path: path.to_path_buf(),
            source,
        })?;
        Self::new(File::from(fd), path)
    }

    fn new(file: File, path: &Path) -> Result<Self, ReadError> {
        let failed = |source| ReadError::Failed {
            path: path.to_path_buf(),
            source,
        };
        let metadata = file.metadata().map_err(failed)?;
        check_kind(&metadata, path)?;
        // Other character devices, such as /dev/zero and /dev/urandom, may have no end.
        if metadata.file_type().is_char_device() && !file.is_terminal() {
            return Err(ReadError::Device {
                path: path.to_path_buf(),
            });
        }
        let mut len = None;
        if metadata.is_file() {
            // Files of /proc have the length 0 and yet a content.
            if metadata.len() == 0 && file.read_at(&mut [0], 0).map_err(failed)? == 0 {
                return Err(ReadError::Empty {
                    path: path.to_path_buf(),
                });
            }
            len = Some(metadata.len());
        }
        Ok(Self {
            file,
            path: path.to_path_buf(),
            len,
        })
    }

    /// The path as it was given, or `-` for the standard input.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The octets of a regular file, where the system tells.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.len.filter(|len| *len > 0)
    }

    /// The error of reading from this input, naming it.
    #[must_use]
    pub fn error(&self, source: io::Error) -> ReadError {
        ReadError::Failed {
            path: self.path.clone(),
            source,
        }
    }

    /// The whole content, which may be a private key: every buffer it passes through is wiped.
    ///
    /// # Errors
    ///
    /// If it is larger than `limit` bytes (found out without reading on), empty, or cannot be read.
    pub fn read_limited(mut self, limit: usize) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        let too_large = |path| ReadError::TooLarge { path, limit };
        let expected = self
            .len
            .map(|len| usize::try_from(len).unwrap_or(usize::MAX));
        if expected.is_some_and(|len| len > limit) {
            return Err(too_large(self.path));
        }
        // One byte more than expected, so that the end is seen without growing.
        let room = expected
            .filter(|&len| len > 0)
            .unwrap_or(FIRST_CHUNK)
            .min(limit)
            + 1;
        let mut buffer = Zeroizing::new(vec![0; room]);
        let mut filled = 0;
        loop {
            match self.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.error(error)),
            }
            if filled > limit {
                return Err(too_large(self.path));
            }
            if filled == buffer.len() {
                // Not Vec::resize, which may move the bytes and leave the old ones behind.
                let mut larger = Zeroizing::new(vec![0; filled.saturating_mul(4).min(limit + 1)]);
                larger[..filled].copy_from_slice(&buffer);
                buffer = larger;
            }
        }
        if filled == 0 {
            return Err(ReadError::Empty { path: self.path });
        }
        buffer.truncate(filled);
        Ok(buffer)
    }
}

impl AsFd for Input {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

/// Refuses what cannot be read as a stream that ends. Terminals are character devices too and need a second look.
fn check_kind(metadata: &Metadata, path: &Path) -> Result<(), ReadError> {
    let kind = metadata.file_type();
    let path = || path.to_path_buf();
    if kind.is_dir() {
        Err(ReadError::Directory { path: path() })
    } else if kind.is_block_device() {
        Err(ReadError::Device { path: path() })
    } else if kind.is_char_device()
        && fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev())
    {
        Err(ReadError::Empty { path: path() })
    } else {
        Ok(())
    }
}

/// Why an input could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// It is missing, may not be read, or reading it failed.
    Failed {
        /// The input.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is a directory.
    Directory {
        /// The input.
        path: PathBuf,
    },
    /// It is a device, which may have no end; terminals are none in this sense.
    Device {
        /// The input.
        path: PathBuf,
    },
    /// It is a socket in the file system.
    Socket {
        /// The input.
        path: PathBuf,
    },
    /// There is not a single byte in it.
    Empty {
        /// The input.
        path: PathBuf,
    },
    /// It is larger than what is read whole.
    TooLarge {
        /// The input.
        path: PathBuf,
        /// The limit in bytes.
        limit: usize,
    },
}

impl ReadError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Failed { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "give yourself the right to read it, or run as its owner"
            }
            Self::Failed { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "check the name"
            }
            Self::Failed { .. } => "check that the file and its disk are sound",
            Self::Directory { .. } => "name the files in it",
            Self::Device { .. } | Self::Socket { .. } => {
                "name a file, or pipe the data in and name '-'"
            }
            Self::Empty { .. } => "check the command or the copy that should have filled it",
            Self::TooLarge { .. } => "check that this is the file you mean",
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { path, source } => {
                write!(f, "cannot read {}: {}", Named(path), reason(source))
            }
            Self::Directory { path } => {
                write!(f, "cannot read {}: it is a directory", Named(path))
            }
            Self::Device { path } => {
                write!(f, "cannot read {}: it is a device without end", Named(path))
            }
            Self::Socket { path } => write!(f, "cannot read {}: it is a socket", Named(path)),
            Self::Empty { path } => write!(f, "{} is empty", Named(path)),
            Self::TooLarge { path, limit } => {
                write!(f, "{} is larger than {}", Named(path), Size(*limit))
            }
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// How an input is called.
struct Named<'a>(&'a Path);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.as_os_str() == STANDARD_INPUT {
            f.write_str("standard input")
        } else {
            write!(f, "'{}'", self.0.display())
        }
    }
}

/// A number of bytes, in the largest unit that expresses it exactly.
struct Size(usize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KIB: usize = 1024;
        const MIB: usize = 1024 * KIB;
        match self.0 {
            size if size >= MIB && size % MIB == 0 => write!(f, "{} MiB", size / MIB),
            size if size >= KIB && size % KIB == 0 => write!(f, "{} KiB", size / KIB),
            size => write!(f, "{size} bytes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::os::unix::net::UnixListener;
    use std::process::{Command, Stdio};
    use std::thread;

    use super::super::testing::Sandbox;
    use super::*;

    fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
        let content = Input::open(path).and_then(|input| input.read_limited(limit));
        content
            .map(|content| content.to_vec())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn files_are_read_up_to_the_limit_and_not_beyond() {
        let dir = Sandbox::new();
        let path = dir.write("client.key", &[b'k'; 2048]);
        assert_eq!(read(&path, 2048), Ok(vec![b'k'; 2048]));
        assert_eq!(read(&path, 2049), Ok(vec![b'k'; 2048]));
        assert_eq!(
            read(&path, 2047),
            Err(format!("'{}' is larger than 2047 bytes", path.display()))
        );
        assert_eq!(
            read(&path, 1024),
            Err(format!("'{}' is larger than 1 KiB", path.display()))
        );
    }

    #[test]
    fn pipes_are_read_to_their_end_with_the_same_limit() -> Result<(), Box<dyn Error>> {
        for (size, limit) in [
            (100_000, 100_000),
            (100_000, 1 << 20),
            (16 * 1024, 16 * 1024),
            (16 * 1024 + 1, 1 << 14),
        ] {
            let (reader, mut writer) = io::pipe()?;
            let writing = thread::spawn(move || io::Write::write_all(&mut writer, &vec![7; size]));
            let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
            let content = read(Path::new(&path), limit);
            drop(reader);
            let written = writing.join();
            if size <= limit {
                assert_eq!(content, Ok(vec![7; size]));
                assert!(matches!(written, Ok(Ok(()))));
            } else {
                assert_eq!(content, Err(format!("'{path}' is larger than 16 KiB")));
            }
        }
        Ok(())
    }

    #[test]
    fn a_fifo_is_waited_for() -> Result<(), Box<dyn Error>> {
        let dir = Sandbox::new();
        let path = dir.path().join("fifo");
        assert!(Command::new("mkfifo").arg(&path).status()?.success());
        let other_end = path.clone();
        let writing = thread::spawn(move || {
            File::options()
                .write(true)
                .open(other_end)
                .and_then(|mut fifo| io::Write::write_all(&mut fifo, b"late"))
        });
        assert_eq!(read(&path, 10), Ok(b"late".to_vec()));
        assert!(matches!(writing.join(), Ok(Ok(()))));
        Ok(())
    }

    #[test]
    fn what_cannot_hold_anything_is_refused_at_once() -> Result<(), Box<dyn Error>> {
        let dir = Sandbox::new();
        let empty = dir.write("empty", b"");
        let socket = dir.path().join("socket");
        let _listener = UnixListener::bind(&socket)?;
        for (path, message) in [
            (dir.path(), "cannot read '{}': it is a directory"),
            (
                &dir.path().join("absent"),
                "cannot read '{}': no such file or directory",
            ),
            (&empty.join("x"), "cannot read '{}': not a directory"),
            (&empty, "'{}' is empty"),
            (&socket, "cannot read '{}': it is a socket"),
            (Path::new("/dev/null"), "'{}' is empty"),
            (
                Path::new("/dev/zero"),
                "cannot read '{}': it is a device without end",
            ),
            (
                Path::new("/dev/urandom"),
                "cannot read '{}': it is a device without end",
            ),
        ] {
            let error = Input::open(path)
                .map(|_| ())
                .map_err(|error| error.to_string());
            assert_eq!(
                error,
                Err(message.replace("{}", &path.display().to_string()))
            );
        }
        Ok(())
    }

    #[test]
    fn a_file_of_proc_has_a_content_although_its_length_is_zero() {
        assert!(
            read(Path::new("/proc/self/status"), 1 << 20)
                .is_ok_and(|status| status.starts_with(b"Name:"))
        );
    }

    #[test]
    fn an_empty_stream_is_an_error() -> Result<(), Box<dyn Error>> {
        let (reader, writer) = io::pipe()?;
        drop(writer);
        let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        assert_eq!(
            read(Path::new(&path), 10),
            Err(format!("'{path}' is empty"))
        );
        Ok(())
    }

    #[test]
    fn standard_input_is_judged_like_a_file() -> Result<(), Box<dyn Error>> {
        const CHILD: &str = "XMPPCERT_TEST_STANDARD_INPUT";
        if std::env::var_os(CHILD).is_some() {
            match Input::standard().and_then(|input| input.read_limited(10)) {
                Ok(content) => assert_eq!(&content[..], b"content"),
                Err(error) => assert!(
                    matches!(
                        error,
                        ReadError::Device { .. } | ReadError::Directory { .. }
                    ),
                    "{error}"
                ),
            }
            return Ok(());
        }
        let dir = Sandbox::new();
        for source in [
            &dir.write("file", b"content"),
            Path::new("/dev/zero"),
            dir.path(),
        ] {
            let status = Command::new(std::env::current_exe()?)
                .args([
                    "--exact",
                    "files::read::tests::standard_input_is_judged_like_a_file",
                ])
                .env(CHILD, "1")
                .stdin(File::open(source)?)
                .stdout(Stdio::null())
                .status()?;
            assert!(status.success(), "{}", source.display());
        }
        Ok(())
    }
}
