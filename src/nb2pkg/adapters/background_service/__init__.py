"""What keeps `nb2pkg schedule run` running when nobody is logged in: a unit of systemd, or a line of the crontab."""

from nb2pkg.adapters.background_service.choosing import install, installed, printed, uninstall
from nb2pkg.adapters.background_service.installed import Installed, Kind

__all__ = ["Installed", "Kind", "install", "installed", "printed", "uninstall"]
