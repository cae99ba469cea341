//! World changes to a display list: layout and motion, without a DOM.
