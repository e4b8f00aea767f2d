"""Watching: who hears how the worker itself fares. None of it decides anything about orders, or holds a cycle up."""
