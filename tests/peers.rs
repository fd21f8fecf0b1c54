//! What other programs make of our certificates, and we of theirs.
