//! The format of start states and lessons; the lessons themselves are data in static/.
