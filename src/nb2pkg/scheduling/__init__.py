"""When does a schedule fire? Cron expressions, time zones, and the moments that follow from both."""

from nb2pkg.scheduling.bad_expression import BadExpression
from nb2pkg.scheduling.expressions import CronExpression, crontab_text, read_expression
from nb2pkg.scheduling.fire_times import fires, next_fire
from nb2pkg.scheduling.jobs import Job, JobOptions
from nb2pkg.scheduling.notify import BadNotify, Notify, read_notify
from nb2pkg.scheduling.ticks import Claim, Fate, Origin, Tick, Try
from nb2pkg.scheduling.timing import CatchUpPolicy, OverlapPolicy, Timing
from nb2pkg.scheduling.zones import BadZone, NoZones, zone_named

__all__ = [
    "BadExpression",
    "BadNotify",
    "BadZone",
    "CatchUpPolicy",
    "Claim",
    "CronExpression",
    "Fate",
    "Job",
    "JobOptions",
    "NoZones",
    "Notify",
    "Origin",
    "OverlapPolicy",
    "Tick",
    "Timing",
    "Try",
    "crontab_text",
    "fires",
    "next_fire",
    "read_expression",
    "read_notify",
    "zone_named",
]
