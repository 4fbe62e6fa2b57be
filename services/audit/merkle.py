"""The Merkle tree hash of RFC 6962 §2.1: one hash that stands for a list of statements in their order."""

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"
"""Prefixes that keep a leaf from being taken for a node, and the other way round."""


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Give the tree hash (SHA-256); of no leaves it is the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(LEAF + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    """The largest power of two below the count."""
    return hashlib.sha256(NODE + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()
