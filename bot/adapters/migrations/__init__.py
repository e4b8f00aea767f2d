"""How each version of the tables came out of the one before it; what is written here never changes again.

A new version: one more file in `versions`, the same statements in `bot.adapters.schema`, SCHEMA_VERSION + 1. A test
holds both ways against each other. There is no way back: the copy beside the file is.
"""
