"""The operators' page: a store fed from the log, and the page that shows it."""
