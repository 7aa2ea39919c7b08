"""The port `Notifier`: a command, a webhook, and e-mail."""

from nb2pkg.adapters.notices.giving import Limits, open_notifier

__all__ = ["Limits", "open_notifier"]
