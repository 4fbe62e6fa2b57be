"""A seeded feed as upstream systems send it: the same seed and dates give the same bytes. All of it is fictional."""
