//! What the cluster does: a pure, synchronous, deterministic orchestrator core.
