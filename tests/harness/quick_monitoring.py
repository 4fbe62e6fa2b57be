"""Settings under which the real monitoring worker looks often, and its successor is let in soon."""

LOOKS_OFTEN = {
    "SHEBAO_MONITORING_LOOK_S": "0.2",
    # The group waits so long for a process that was killed before it lets the next one in.
    "SHEBAO_SESSION_TIMEOUT_MS": "2000",
    "SHEBAO_HEARTBEAT_INTERVAL_MS": "500",
}
