//! A directory to work in, and the binary run in it.
