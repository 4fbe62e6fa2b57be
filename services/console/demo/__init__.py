"""The demonstration: a feed, a simulated clock, and what comes of it; the same script in memory and on the broker."""
