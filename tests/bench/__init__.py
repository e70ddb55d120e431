"""Benchmarks of the hot paths: ``bin/bench``. Never part of the tests; timings are not asserted."""
