"""`demo`: the desk, a sample company and the worker in one process, and two orders on their way to four inboxes.

One is typed cell by cell, as a person would; one arrives as a form answer. Everything between is the real thing.
"""

from bot.demo.show import run_demo

__all__ = ["run_demo"]
