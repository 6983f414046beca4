"""Loaded before a Python program (PYTHONPATH), so that it runs on a machine whose clock is off by MOVED_CLOCK_MS."""
import datetime
import os

MOVED = datetime.timedelta(milliseconds=int(os.environ.get("MOVED_CLOCK_MS", "0")))
Real = datetime.datetime


class Moved(Real):
    @classmethod
    def now(cls, tz=None):
        return Real.now(tz) + MOVED

    @classmethod
    def utcnow(cls):
        return Real.now(datetime.timezone.utc).replace(tzinfo=None) + MOVED


datetime.datetime = Moved
