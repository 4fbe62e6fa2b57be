"""Traces: spans derived from what was committed, exported behind a bounded queue. Nothing here is on the deciding road."""
