"""The rows of the store. One layout for SQLite and PostgreSQL; it has a number, and another number means: feed it anew.

A row hangs only on the order of one partition of one topic, or on no order at all, so that the rows are the same however the
partitions were interleaved. Instants are microseconds since 1970 (UTC), append times milliseconds, dates ISO texts.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, text
from sqlalchemy import Text as AnyText
from sqlalchemy.dialects.postgresql import TEXT as POSTGRESQL_TEXT

LAYOUT = 9
"""Number of the layout and of what is written into it: raise it with every change to either, and stores are fed anew."""

META = MetaData()
Text = AnyText().with_variant(POSTGRESQL_TEXT(collation="C"), "postgresql")
"""Compared by bytes, as SQLite does, whatever the language of a PostgreSQL database."""

store = Table(
    "store",
    META,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("layout", Integer, nullable=False),
    Column(
        "epoch",
        Integer,
        nullable=False,
        comment="grows with each feeder that takes over; an older one writes nothing more",
    ),
    Column("fed_at", BigInteger),
)
position = Table(
    "position",
    META,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False, comment="behind the last record whose rows are here"),
    Column("append_time", BigInteger, nullable=False),
)
topic_identity = Table(
    "topic_identity",
    META,
    Column("topic", Text, primary_key=True),
    Column("identity", Text, nullable=False, comment="the broker's id of it; a topic made anew has another"),
)
"""From which topics the store was fed."""
waiting = Table(
    "waiting",
    META,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("records", BigInteger, nullable=False, comment="in the topic and not here, when the feeder last looked"),
)
"""What is not made of the log: how far the feeder was behind. No part of what a rebuild gives again."""

fact = Table(
    "fact",
    META,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("append_time", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("case_key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", Text, nullable=False),
    Column("district", Text, nullable=False, comment="empty where it has none"),
    Column("reference", Text, nullable=False, comment="business reference, or a document's number"),
    Column("effect_id", Text, nullable=False, comment="of effect requests and of a port's answers"),
    Column("signed", Text, nullable=False, comment="key and instant of its signature"),
    Column("body", Text, nullable=False, comment="the fact as masked JSON; empty where it cannot be read"),
)
Index("fact_by_event", fact.c.event_id)
Index("fact_by_case", fact.c.case_key)
Index("fact_by_cause", fact.c.causation_id)
Index("fact_by_time", fact.c.append_time)
_HAS_EFFECT = text("effect_id <> ''")
Index("fact_by_effect", fact.c.effect_id, sqlite_where=_HAS_EFFECT, postgresql_where=_HAS_EFFECT)
_HAS_REFERENCE = text("reference <> ''")
Index("fact_by_reference", fact.c.reference, sqlite_where=_HAS_REFERENCE, postgresql_where=_HAS_REFERENCE)

decision = Table(
    "decision",
    META,
    Column("service", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("release", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("case_key", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("paragraphs", Text, nullable=False),
    Column("values", Text, nullable=False),
    Column("now", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
    Column("timer_name", Text, nullable=False),
    Column("timer_due_at", BigInteger),
)
_HAS_CASE = text("case_key <> ''")
Index("decision_by_case", decision.c.case_key, sqlite_where=_HAS_CASE, postgresql_where=_HAS_CASE)
Index("decision_by_event", decision.c.event_id)
said = Table(
    "said",
    META,
    Column("event_id", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
)
Index("said_by_event", said.c.event_id)
shut_out = Table(
    "shut_out",
    META,
    Column("service", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
)
"""What was refused at the door: it has no case."""
Index("shut_out_by_place", shut_out.c.topic, shut_out.c.partition, shut_out.c.offset)

minute = Table(
    "minute",
    META,
    Column("name", Text, primary_key=True, comment="a topic, or a service"),
    Column("outcome", Text, primary_key=True, comment="empty for facts"),
    Column("minute", BigInteger, primary_key=True, comment="of the append time, since 1970"),
    Column("records", BigInteger, nullable=False),
)
Index("minute_by_time", minute.c.minute)

dead = Table(
    "dead",
    META,
    Column("service", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("from_partition", Integer, nullable=False),
    Column("from_offset", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("case_key", Text, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("headers", Text, nullable=False),
)
Index("dead_by_code", dead.c.service, dead.c.code)
Index("dead_by_time", dead.c.decided_at)
Index("dead_by_place", dead.c.service, dead.c.topic, dead.c.from_partition, dead.c.from_offset)
redriven = Table(
    "redriven",
    META,
    Column("service", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True, comment="of the order"),
    Column("event_id", Text, nullable=False, comment="of the order: one that was written twice is one"),
    Column("topic", Text, nullable=False),
    Column("from_partition", Integer, nullable=False),
    Column("from_offset", BigInteger, nullable=False),
)
Index("redriven_by_place", redriven.c.topic, redriven.c.from_partition, redriven.c.from_offset)

task = Table(
    "task",
    META,
    Column("service", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("positions", Text, nullable=False),
    Column("last_tick", BigInteger),
    Column("halted_topic", Text, nullable=False),
    Column("halted_source", Text, nullable=False),
    Column("halted_since", BigInteger),
)
parked = Table(
    "parked",
    META,
    Column("service", Text, primary_key=True),
    Column("case_key", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("partition", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("append_time", BigInteger, nullable=False),
)
parameter = Table(
    "parameter",
    META,
    Column("partition", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False, comment="the fact as JSON"),
)
"""Published parameters as the tasks of the arrears service know them."""

case_district = Table(
    "case_district",
    META,
    Column("case_key", Text, primary_key=True),
    Column("district", Text, primary_key=True),
)
"""In which districts something of a case was said."""
timer = Table(
    "timer",
    META,
    Column("service", Text, primary_key=True),
    Column("case_key", Text, primary_key=True),
    Column("partition", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
)
Index("timer_by_due", timer.c.service, timer.c.partition, timer.c.due_at)
effect = Table(
    "effect",
    META,
    Column("service", Text, primary_key=True),
    Column("case_key", Text, primary_key=True),
    Column("effect_id", Text, primary_key=True),
    Column("partition", Integer, nullable=False),
    Column("district", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    Column("lookups", Integer, nullable=False),
    Column("waits_for_order", Boolean, nullable=False),
    Column("about", Text, nullable=False),
)
"""Effects of which nobody knows what became."""
application = Table(
    "application",
    META,
    Column("service", Text, primary_key=True),
    Column("case_key", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("district", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("received_on", Text, nullable=False),
    Column("is_extended", Boolean, nullable=False),
    Column("sitting_on", Text),
    Column("slot", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("expert_keys", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("is_provisional", Boolean, nullable=False),
)
Index("application_by_sitting", application.c.sitting_on)
application_limit = Table(
    "application_limit",
    META,
    Column("case_key", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("topic", Text, primary_key=True, comment="accepted, or extended"),
    Column("due_on", Text, nullable=False),
)
outlet = Table(
    "outlet",
    META,
    Column("outlet_key", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("telephone", Text, nullable=False),
    Column("latitude_microdeg", Integer, nullable=False),
    Column("longitude_microdeg", Integer, nullable=False),
    Column("makes_cards", Boolean, nullable=False),
    Column("is_assumed", Boolean, nullable=False),
)
outlet_stock = Table(
    "outlet_stock",
    META,
    Column("service", Text, primary_key=True),
    Column("case_key", Text, primary_key=True, comment="the outlet"),
    Column("blanks_on_hand", Integer, nullable=False),
    Column("blanks_free", Integer, nullable=False),
    Column("held", Integer, nullable=False),
)
card = Table(
    "card",
    META,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("case_key", Text, nullable=False),
    Column("outlet_key", Text, nullable=False, comment="empty for a report of loss"),
    Column("at", BigInteger, nullable=False, comment="made, or reported"),
)
"""Reports of loss that ask for a card at once, and the cards made: the minutes between are those of an outlet."""
Index("card_by_case", card.c.case_key, card.c.at)
Index("card_by_outlet", card.c.outlet_key, card.c.at)

alert = Table(
    "alert",
    META,
    Column("opening_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("alert", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("judged_at", BigInteger, nullable=False),
    Column("indicator", Text, nullable=False, comment="by which it is judged"),
    Column("value_name", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("threshold", BigInteger, nullable=False),
    Column("runbook", Text, nullable=False),
)
Index("alert_by_time", alert.c.is_open, alert.c.judged_at)
indicator = Table(
    "indicator",
    META,
    Column("series", Text, primary_key=True),
    Column("window_starts_at", BigInteger, primary_key=True),
    Column("window_ends_at", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("values", Text, nullable=False),
)
Index("indicator_by_window", indicator.c.indicator, indicator.c.window_starts_at)
REVISED = (outlet, alert, indicator)
"""Tables whose rows have a revision: a lower one never takes the place of a higher one."""
