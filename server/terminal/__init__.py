"""Answers for people at a terminal: one plain line per fact. ``--json`` prints the HTTP body instead."""
