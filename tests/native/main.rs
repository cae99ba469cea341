//! Integration tests that run natively, in one binary.
