"""Rows of other graders' test suites, read from checkouts of their sources without importing them."""
