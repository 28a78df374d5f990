"""Exact references: slow, obvious loops in arbitrary precision, written from the papers and never from the specs."""
