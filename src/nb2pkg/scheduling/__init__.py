"""When does a schedule fire? Cron expressions, time zones, and the moments that follow from both."""

from nb2pkg.scheduling.bad_expression import BadExpression
from nb2pkg.scheduling.expressions import CronExpression, crontab_text, read_expression
from nb2pkg.scheduling.fire_times import fires, next_fire
from nb2pkg.scheduling.zones import BadZone, NoZones, zone_named

__all__ = [
    "BadExpression",
    "BadZone",
    "CronExpression",
    "NoZones",
    "crontab_text",
    "fires",
    "next_fire",
    "read_expression",
    "zone_named",
]
