"""What operators look at, made from the inventory of metrics: its page, alert rules with their tests, dashboards."""
