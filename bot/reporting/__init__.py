"""What the commands tell, each worked out once as facts and told three ways: a page, lines for pipes, or JSON.

Nothing here prints, and nothing here knows of a terminal.
"""
