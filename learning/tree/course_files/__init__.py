"""A course as one file, out and in again, into another organization too (docs/course-files.md)."""
