//! Behaviour of the program, through the real binary. One file a subject.

mod support;
