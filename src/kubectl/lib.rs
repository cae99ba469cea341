//! The command line over the API: verbs and printers.
